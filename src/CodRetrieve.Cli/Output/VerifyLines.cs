using CodRetrieve.Verification;

namespace CodRetrieve.Cli.Output;

/// <summary>How far verification is, as a line every ten seconds, or as an object in JSON every second.</summary>
/// <param name="output">Where to write.</param>
/// <param name="json">Whether a program reads it.</param>
/// <param name="time">The clock.</param>
internal sealed class VerifyLines(TextWriter output, bool json, TimeProvider time) : IProgress<VerificationProgress>
{
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(json ? 1 : 10);
    private long _last = time.GetTimestamp();

    /// <summary>A verification as a sentence.</summary>
    public static string TextOf(VerificationProgress progress) =>
        $"{Pluralizer.Of(progress.InstancesChecked, "instance")} looked at, {ByteSize.Text(progress.BytesRead)} read, {progress.Issues} found";

    public void Report(VerificationProgress value)
    {
        if (time.GetElapsedTime(_last) < _interval)
        {
            return;
        }

        _last = time.GetTimestamp();
        if (json)
        {
            Json.Write(output, new VerifyProgressLine("progress", value.InstancesChecked, value.BytesRead, value.Issues), JsonLines.Default.VerifyProgressLine);
        }
        else
        {
            output.WriteLine(TextOf(value));
        }
    }
}

/// <summary>How far a verification is, as a line of JSON.</summary>
/// <param name="Type">Always <c>progress</c>.</param>
/// <param name="InstancesChecked">Instances looked at.</param>
/// <param name="BytesRead">Bytes read back.</param>
/// <param name="Issues">What was found.</param>
internal sealed record VerifyProgressLine(string Type, int InstancesChecked, long BytesRead, int Issues);
