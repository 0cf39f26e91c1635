using System.Diagnostics;
using CodRetrieve.IO;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving.Transforms;

/// <summary>What a process that was killed leaves of transformed instances: the directory is copied while a handler is at work, and gone on with.</summary>
public sealed class TransformResumeTests : IDisposable
{
    private const int Count = 12;

    private readonly SavingFolder _left = new();

    public static TheoryData<SavedForm> Forms => TransformForms.All;

    public void Dispose() => _left.Dispose();

    [LinuxTheory(Timeout = 120_000)]
    [MemberData(nameof(Forms))]
    public async Task What_was_saved_when_the_process_was_killed_is_not_made_again_and_what_was_not_is_nowhere(SavedForm form)
    {
        var series = Listed();
        for (var saved = 0; saved < Count; saved += 3)
        {
            var before = new InvertingTransform();
            await KillAsync(form, before, series, saved);
            Assert.DoesNotContain(_left.Files(), name => name.StartsWith(".codretrieve/transform.", StringComparison.Ordinal));
            var transform = new InvertingTransform();
            await using (var handler = await form.Create(_left.Path, new SavingOptions { Transform = transform }).OpenedAsync("1.2"))
            {
                var found = await handler.FindSavedAsync(series, default);

                // Entries of an encrypted zip that has no end cannot be read.
                var known = form == SavedForm.Encrypted ? 0 : saved;
                Assert.Equal(series.Instances.Take(known).Select(instance => instance.SopInstanceUid).Order(StringComparer.Ordinal), found.SopInstanceUids.Order(StringComparer.Ordinal));
                await handler.SaveAllAsync(series.Instances.Skip(known));
                Assert.Equal(Count - known, transform.Calls.Count);
                await handler.CompleteStudyAsync(new StudyInfo("1.2", true), default);
                Assert.Equal(Count, (await handler.FindSavedAsync(series, default)).SopInstanceUids.Count);
            }

            var files = form.Read(_left.Path);
            Assert.Equal(Count, files.Count);
            Assert.All(series.Instances, instance => Assert.Equal(transform.Of(TestSeries.Bytes(instance)), files[instance.SopInstanceUid]));
        }
    }

    [LinuxTheory(Timeout = 120_000)]
    [MemberData(nameof(Forms))]
    public async Task What_another_version_left_when_it_was_killed_is_made_again(SavedForm form)
    {
        var series = Listed();
        await KillAsync(form, new InvertingTransform("invert/1"), series, 7);
        var transform = new InvertingTransform("invert/2");
        await using (var handler = await form.Create(_left.Path, new SavingOptions { Transform = transform }).OpenedAsync("1.2"))
        {
            Assert.Empty((await handler.FindSavedAsync(series, default)).SopInstanceUids);
            await handler.SaveAllAsync(series.Instances.Take(3));
            await handler.CompleteStudyAsync(new StudyInfo("1.2", false), default);
        }

        // Nothing of the first version is in a zip; in folders it stays until it is replaced, and counts as outdated.
        var files = form.Read(_left.Path);
        Assert.Equal(form.Format() == OutputFormat.Zip ? 3 : 7, files.Count);
        Assert.All(series.Instances.Take(3), instance => Assert.Equal(transform.Of(TestSeries.Bytes(instance)), files[instance.SopInstanceUid]));
        await using var again = await form.Create(_left.Path, new SavingOptions { Transform = transform }).OpenedAsync("1.2");
        Assert.Equal(3, (await again.FindSavedAsync(series, default)).SopInstanceUids.Count);
    }

    private static SeriesInfo Listed()
    {
        // Large ones last: they pass through a file.
        var sizes = Enumerable.Range(0, Count).Select(i => (long?)(i < Count - 2 ? 3000 + i : Spool.MaxMemoryBytes + 500_000 + i)).ToArray();
        var plain = TestSeries.WithSizes("1.2", "1.2.3", sizes);
        return CodModelFactory.Series("1.2", "1.2.3", instances: plain.Instances.Select(one => (one.SopInstanceUid, one.SizeBytes, (uint?)Crc32C.Append(0, TestSeries.Bytes(one)))));
    }

    // The copy has what the system has of a process that ends at that moment.
    private async Task KillAsync(SavedForm form, InvertingTransform transform, SeriesInfo series, int saved)
    {
        using var old = new SavingFolder();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var handler = await form.Create(old.Path, new SavingOptions { Transform = transform }).OpenedAsync("1.2");
        await handler.FindSavedAsync(series, default);
        await handler.SaveAllAsync(series.Instances.Take(saved));
        transform.InTheMiddle = async (_, _, _) =>
        {
            reached.TrySetResult();
            await release.Task;
        };
        var last = series.Instances[saved];
        var saving = handler.SaveAsync(last, TestSeries.Content(last), default).AsTask();
        await reached.Task;
        await CopyAsync(old);
        release.SetResult();
        await saving;
    }

    // With cp: .NET does not open files that are locked.
    private async Task CopyAsync(SavingFolder from)
    {
        Directory.Delete(_left.Path, recursive: true);
        using var copying = Process.Start("cp", ["-a", from.Path, _left.Path]);
        await copying.WaitForExitAsync();
        Assert.Equal(0, copying.ExitCode);
    }
}
