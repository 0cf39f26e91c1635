using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using CodRetrieve.IO;
using CodRetrieve.Saving;
using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests.Saving;

/// <summary>More entries, and a larger one, than a plain zip can hold, read by the tools that people have.</summary>
public sealed class ZipReadersTests(ITestOutputHelper output) : IDisposable
{
    private const int Entries = 70_000;
    private const long LargeBytes = (4L * 1024 * 1024 * 1024) + 1;
    private const string LargeName = "1.2.4/instances/large.dcm";

    private const string JavaReader = """
        import java.io.*;
        import java.util.zip.*;

        public class Read {
            public static void main(String[] args) throws Exception {
                long entries = 0, bytes = 0;
                byte[] buffer = new byte[1 << 20];
                try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(new FileInputStream(args[0]), 1 << 20))) {
                    while (zip.getNextEntry() != null) {
                        entries++;
                        for (int count; (count = zip.read(buffer)) > 0; ) {
                            bytes += count;
                        }
                    }
                }
                System.out.println(entries + " " + bytes);
            }
        }
        """;

    private readonly SavingFolder _folder = new();

    private string ZipPath => _folder["1.2.zip"];

    public void Dispose() => _folder.Dispose();

    [ZipToolsFact(Timeout = 600_000)]
    [Trait("Duration", "long")]
    public async Task Seventy_thousand_entries_and_one_above_four_GiB_are_read_by_everybody()
    {
        var bytes = await WriteAsync();
        var expected = string.Create(CultureInfo.InvariantCulture, $"{Entries + 1} {bytes}");

        Assert.Equal(0, (await RunAsync("unzip", "-tqq", ZipPath)).ExitCode);
        Assert.Equal(expected, (await RunAsync(
            "python3",
            "-c",
            "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.infolist()), sum(i.file_size for i in z.infolist()))",
            ZipPath)).Output);

        // Reads the zip as a stream: each header must say where the next one is.
        await File.WriteAllTextAsync(_folder["Read.java"], JavaReader);
        Assert.Equal(expected, (await RunAsync("java", _folder["Read.java"], ZipPath)).Output);

        Directory.CreateDirectory(_folder["extracted"]);
        Assert.Equal(0, (await RunAsync("jar", "xf", ZipPath)).ExitCode);
        Assert.Equal(LargeBytes, new FileInfo(_folder["extracted", LargeName]).Length);
        Assert.Equal(Entries + 1, Directory.EnumerateFiles(_folder["extracted"], "*", SearchOption.AllDirectories).Count());

        using var handle = File.OpenHandle(ZipPath);
        Assert.Equal(Entries + 1, UnfinishedZipReader.Follow(handle).Count());
        using var zip = ZipFile.OpenRead(ZipPath);
        Assert.Equal((Entries + 1, LargeBytes), (zip.Entries.Count, zip.GetEntry(LargeName)!.Length));
    }

    private async Task<long> WriteAsync()
    {
        using var zip = new UnfinishedZip(
            WholeFile.Create(ZipPath, "1.2.zip", "00000001", 0, FileOperations.System, TimeProvider.System), new DestinationWriter(FileOperations.System, _folder.Path));
        var bytes = 0L;
        for (var i = 0; i < Entries; i++)
        {
            if (i == Entries / 2)
            {
                await AddAsync(zip, LargeName, new ZeroStream(LargeBytes), LargeBytes);
                bytes += LargeBytes;

                // Leaves a hole, which is closed at the end.
                var blocked = new BlockedStream(new byte[2_000_000]);
                using var cancellation = new CancellationTokenSource();
                var failing = AddAsync(zip, "failing", blocked, 3_000_000, cancellation.Token);
                await blocked.Blocked;
                await AddAsync(zip, "1.2.3/instances/middle.dcm", new MemoryStream(new byte[i % 100]), i % 100);
                await cancellation.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => failing);
            }
            else
            {
                await AddAsync(zip, string.Create(CultureInfo.InvariantCulture, $"1.2.3/instances/1.2.3.{i}.dcm"), new MemoryStream(new byte[i % 100]), i % 100);
            }

            bytes += i % 100;
        }

        await zip.CommitAsync("", false, null, default);
        return bytes;
    }

    private static async Task AddAsync(UnfinishedZip zip, string name, Stream content, long size, CancellationToken cancellationToken = default) =>
        await new ZipEntryWriter(
            zip, name, content, new ZipEntryForm(size, CompressionLevel.NoCompression), () => throw new InvalidOperationException("Not needed."), cancellationToken).WriteAsync();

    private async Task<(int ExitCode, string Output)> RunAsync(string tool, params string[] arguments)
    {
        var folder = tool == "jar" ? _folder["extracted"] : _folder.Path;
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (standard, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        output.WriteLine($"{tool}: {process.ExitCode} {await errors}");
        return (process.ExitCode, (await standard).Trim());
    }

    private sealed class ZeroStream(long length) : ForwardOnlyReadStream
    {
        private long _left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(buffer.Length, _left);
            buffer.Span[..count].Clear();
            _left -= count;
            return ValueTask.FromResult(count);
        }
    }
}
