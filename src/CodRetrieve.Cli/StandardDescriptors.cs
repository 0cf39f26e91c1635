using System.Runtime.InteropServices;

namespace CodRetrieve.Cli;

/// <summary>Standard input, output and error of the process, as far as they are open.</summary>
internal static partial class StandardDescriptors
{
    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private const int ReadWrite = 2;
    private const short PollError = 8;
    private const short PollHangUp = 16;

    /// <summary>
    /// Takes the places of those that are closed: else the next file that is opened gets one of their numbers, and what is printed ends up in it.
    /// </summary>
    /// <returns>Which of the three were closed.</returns>
    public static bool[] TakeClosed()
    {
        var closed = new bool[3];
        if (OperatingSystem.IsWindows())
        {
            return closed;
        }

        for (var descriptor = 0; descriptor < closed.Length; descriptor++)
        {
            // The lowest free number is given (open(2)), which is this one. What closes itself before another program is run was not
            // inherited from the one that started this: the runtime has opened it.
            var flags = GetDescriptorFlags(descriptor, GetFlags);
            closed[descriptor] = flags < 0 ? Open("/dev/null", ReadWrite) >= 0 : (flags & CloseOnExec) != 0;
        }

        return closed;
    }

    /// <summary>Whether standard output is a pipe or a terminal that nobody has open any more. The runtime says nothing of it: it takes what is written there for written.</summary>
    public static bool IsOutputGone()
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        var output = new PollDescriptor { Descriptor = 1 };
        return Poll(ref output, 1, 0) > 0 && (output.Events & (PollError | PollHangUp)) != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetDescriptorFlags(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    /// <summary><c>struct pollfd</c> (poll(2)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Wanted;
        public short Events;
    }
}
