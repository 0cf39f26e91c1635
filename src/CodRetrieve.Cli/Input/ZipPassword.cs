using CodRetrieve.Saving;

namespace CodRetrieve.Cli.Input;

/// <summary>The password of zips: from a file or the environment, as everybody on a machine can read a command line.</summary>
internal static class ZipPassword
{
    public const string Variable = "COD_RETRIEVE_ZIP_PASSWORD";

    /// <summary>How zips are encrypted; <see langword="null"/> for not at all.</summary>
    /// <exception cref="UsageException">There is no password in the file, or there are no zips.</exception>
    public static ZipEncryption? Choose(Request request, IReadOnlyDictionary<string, string?> environment)
    {
        if (request.ZipPasswordFile is { } file)
        {
            return request.Zip ? FromFile(file) : throw new UsageException("--zip-password-file is for zips: give --zip, too.");
        }

        return request.Zip && environment.GetValueOrDefault(Variable) is { } password && !string.IsNullOrWhiteSpace(password) ? new AesZipEncryption(password) : null;
    }

    private static AesZipEncryption FromFile(string file)
    {
        try
        {
            return AesZipEncryption.FromFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file of the zip password cannot be read: {e.Message}", e);
        }
    }
}
