using System.ComponentModel;
using System.Diagnostics;
using CodRetrieve.Cli.Output;

namespace CodRetrieve.Cli.Input;

/// <summary>Access tokens that a command of the user's prints.</summary>
internal static class TokenCommand
{
    private const int MaxMessage = 200;

    /// <param name="command">The command.</param>
    /// <param name="option">The option that it was given by, for messages.</param>
    public static CodCredential ToCredential(string command, string option) => CodCredential.FromTokenProvider(cancellationToken => RunAsync(command, option, cancellationToken));

    /// <summary>Runs the command by the shell.</summary>
    /// <returns>The first line that it writes to standard output.</returns>
    /// <exception cref="ObjectStoreException">It failed, or wrote nothing.</exception>
    public static async ValueTask<string> RunAsync(string command, string option, CancellationToken cancellationToken)
    {
        using var process = Start(command, option);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            var token = Array.Find((await output.ConfigureAwait(false)).Split('\n', StringSplitOptions.TrimEntries), line => line.Length > 0);
            return process.ExitCode == 0 && token is not null
                ? token
                : throw Failed(option, $"ended with code {process.ExitCode}{(token is null ? " and printed nothing" : "")}: {LastLine(await error.ConfigureAwait(false))}");
        }
        catch (OperationCanceledException) when (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static Process Start(string command, string option)
    {
        // As system(3) does on either system.
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(Environment.GetEnvironmentVariable("ComSpec") ?? "cmd.exe") { Arguments = $"/d /s /c \"{command}\"" }
            : new ProcessStartInfo("/bin/sh", ["-c", command]);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        try
        {
            return Process.Start(start) ?? throw Failed(option, "could not be started");
        }
        catch (Win32Exception e)
        {
            throw Failed(option, $"could not be started: {e.Message}");
        }
    }

    // What it prints to standard output may be half a token; what it says to people is on the other.
    private static string LastLine(string error)
    {
        var line = PrintableText.Of(error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "it said nothing");
        return line.Length <= MaxMessage ? line : line[..MaxMessage] + "…";
    }

    private static ObjectStoreException Failed(string option, string how) => new(ObjectStoreFailure.Unauthorized, $"The command of {option} {how}.");
}
