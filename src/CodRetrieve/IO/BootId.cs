namespace CodRetrieve.IO;

/// <summary>
/// Identifies the time since the system was started: what a killed process wrote in it is still in the memory of the system, whether it has reached the device or not.
/// </summary>
internal static class BootId
{
    // proc(5): a new random UUID each time the kernel starts.
    private const string LinuxPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>Returns the identifier; <see langword="null"/> where the system has none.</summary>
    public static UInt128? TryRead()
    {
        try
        {
            return OperatingSystem.IsLinux() && Guid.TryParse(File.ReadAllText(LinuxPath), out var id) && id != Guid.Empty
                ? new UInt128(BitConverter.ToUInt64(id.ToByteArray(), 0), BitConverter.ToUInt64(id.ToByteArray(), sizeof(ulong)))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not every container shows /proc. Without it, what a killed process left is read back.
            return null;
        }
    }
}
