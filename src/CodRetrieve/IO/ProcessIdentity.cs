using System.Globalization;

namespace CodRetrieve.IO;

/// <summary>
/// Names a process so that another one on the same machine can tell whether it still runs: the boot, the namespace of process numbers (containers have
/// their own), the number, and the time of its start, since numbers are used again.
/// </summary>
internal sealed record ProcessIdentity(string Machine, int ProcessId, string StartTime)
{
    // proc(5): the fields behind the name, which is in parentheses and may hold anything; the start time is the 22nd of all.
    private const int StartTimeBehindName = 19;

    /// <summary>Returns the identity of this process; <see langword="null"/> where the system does not tell.</summary>
    public static ProcessIdentity? TryGetCurrent() =>
        TryMachine() is { } machine && TryStartTime(Environment.ProcessId) is { } start ? new ProcessIdentity(machine, Environment.ProcessId, start) : null;

    /// <summary>Reads what <see cref="ToString"/> gave.</summary>
    public static ProcessIdentity? TryParse(string text) =>
        text.Split(' ') is [{ Length: > 0 } machine, var number, { Length: > 0 } start]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? new ProcessIdentity(machine, id, start) : null;

    /// <summary>Whether the process belongs to the machine and the container of this one.</summary>
    public bool IsOfThisMachine => Machine == TryMachine();

    /// <summary>Whether the process is known to have ended: one of this machine that is not there any more.</summary>
    public bool HasEnded => IsOfThisMachine && TryStartTime(ProcessId) != StartTime;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Machine} {ProcessId} {StartTime}");

    private static string? TryMachine()
    {
        try
        {
            return BootId.TryRead() is { } boot && new FileInfo("/proc/self/ns/pid").LinkTarget is { } space
                ? $"{boot:x32}/{space.Replace(" ", "", StringComparison.Ordinal)}"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not every container shows /proc: then nothing is known of other processes.
            return null;
        }
    }

    private static string? TryStartTime(int processId)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > StartTimeBehindName ? fields[StartTimeBehindName] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
