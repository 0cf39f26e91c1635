using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using CodRetrieve.Diagnostics;
using CodRetrieve.DicomWeb;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Tests.Docs;

/// <summary><c>docs/telemetry.md</c> says what the code does.</summary>
[Collection(TelemetryCollection.Name)]
public sealed class TelemetryDocumentTests
{
    private const string Document = "docs/telemetry.md";

    [Fact]
    public void The_table_of_metrics_is_that_of_the_meter()
    {
        RuntimeHelpers.RunClassConstructor(typeof(CodMeter).TypeHandle);
        using var meter = new MeterRecorder();

        Assert.Equal(
            meter.Instruments.Select(one => $"{one.Name} {one.GetType().Name.Split('`')[0]} {one.Unit}").Order(StringComparer.Ordinal),
            Rows("## Metrics").Select(row => $"{Code(row[0])} {row[1]} {Code(row[2])}").Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_table_of_activities_is_that_of_a_job_and_a_listing()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "CodRetrieve",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 9);
        study.AddSeries();
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        await foreach (var _ in cod.ListStudiesAsync())
        {
            // Only for its activity.
        }

        Assert.Equal(
            ended.Select(one => $"{one.OperationName} {one.Kind} {string.Join(' ', one.TagObjects.Select(tag => tag.Key))}").Distinct().Order(StringComparer.Ordinal),
            Rows("## Activities").Select(row => $"{Code(row[0])} {row[1]} {string.Join(' ', DocTable.Code(row[3]))}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_of_log_messages_is_that_of_the_code()
    {
        var methods = new[] { typeof(CodDownload), typeof(StowSaveHandler) }.SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (method.Name, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(one => one.Message is not null)
            .Select(one => $"{one.Message!.EventId.ToString(CultureInfo.InvariantCulture)} {one.Name} {one.Message.Level} {one.Message.Message}")
            .ToList();

        Assert.Equal(methods.Count, methods.DistinctBy(method => method.Split(' ')[0]).Count());
        Assert.Equal(
            methods.Order(StringComparer.Ordinal),
            Rows("## Log messages").Select(row => $"{row[0]} {Code(row[1])} {row[2]} {row[3]}").Order(StringComparer.Ordinal));
    }

    private static IReadOnlyList<IReadOnlyList<string>> Rows(string heading) => DocTable.Rows(Repository.Root, Document, heading);

    private static string Code(string cell) => DocTable.Code(cell).Single();
}
