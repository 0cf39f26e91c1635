using System.IO.Compression;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving;

/// <summary>Short ways to look into zips and to use handlers in tests.</summary>
internal static class SavingTools
{
    public static string EntryName(InstanceInfo instance) => $"{instance.Series.SeriesInstanceUid}/instances/{instance.SopInstanceUid}.dcm";

    public static byte[] Read(string path, string entryName)
    {
        using var zip = ZipFile.OpenRead(path);
        using var entry = zip.GetEntry(entryName)!.Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static string[] Names(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return [.. zip.Entries.Select(e => e.FullName)];
    }

    /// <summary>The instances of a series that the handler holds, in order, joined with blanks.</summary>
    public static async Task<string> FoundAsync(this ISaveHandler handler, SeriesInfo series)
    {
        var found = await handler.FindSavedAsync(series, default);
        return string.Join(' ', series.Instances.Select(i => i.SopInstanceUid).Where(found.Contains));
    }

    public static async Task SaveAllAsync(this ISaveHandler handler, params IEnumerable<InstanceInfo> instances)
    {
        foreach (var instance in instances)
        {
            await handler.SaveAsync(instance, TestSeries.Content(instance), default);
        }
    }

    /// <summary>Opens a handler and begins studies, as a job does it. Disposing the result closes the handler.</summary>
    public static async Task<OpenHandler> OpenedAsync(this ISaveHandler handler, params IEnumerable<string> studies)
    {
        var opened = new OpenHandler(handler);
        await opened.OpenAsync(default);
        foreach (var study in studies)
        {
            Assert.True(await opened.TryBeginStudyAsync(study, default), $"Another job has {study}.");
        }

        return opened;
    }
}
