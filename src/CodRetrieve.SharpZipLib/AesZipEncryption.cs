namespace CodRetrieve.Saving;

/// <summary>
/// Encrypts the entries of study zips with AES-256 in the form that WinZip defined (AE-2), which 7-Zip, WinZip, Keka and others read; Windows Explorer and
/// Info-ZIP's <c>unzip</c> do not.
/// </summary>
/// <remarks>
/// <para>Encrypted is the content of entries. Their names (UIDs), sizes and number are not: whoever has the zip can read them without the password.</para>
/// <para>A job that adds to an earlier zip reads it with the same password. What a job that was cancelled saved of a study stays; what
/// of a study was not complete when its process was killed is fetched again, unlike without encryption. Instances above 8 MiB pass through a temporary file, encrypted with a key that is never
/// written.</para>
/// <para>Immutable; safe for several jobs at once.</para>
/// </remarks>
public sealed class AesZipEncryption : ZipEncryption, IStudyLayoutFactory
{
    private readonly string _password;

    /// <summary>Initializes a new instance of the <see cref="AesZipEncryption"/> class.</summary>
    /// <param name="password">The password. It appears in no message, log or result.</param>
    /// <exception cref="ArgumentException"><paramref name="password"/> is blank.</exception>
    public AesZipEncryption(string password)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(password);
        _password = password;
    }

    /// <summary>Takes the password from a variable of the environment.</summary>
    /// <param name="variable">The name of the variable.</param>
    /// <returns>The encryption.</returns>
    /// <exception cref="ArgumentException">The variable is not set, or blank.</exception>
    public static AesZipEncryption FromEnvironment(string variable)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(variable);
        return Environment.GetEnvironmentVariable(variable) is { } password && !string.IsNullOrWhiteSpace(password)
            ? new AesZipEncryption(password)
            : throw new ArgumentException($"The variable {variable} holds no password. Set it, or take the password from a file.", nameof(variable));
    }

    /// <summary>Takes the password from a file: its first line.</summary>
    /// <param name="path">The file, which only its owner should be able to read.</param>
    /// <returns>The encryption.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank, or the file's first line is.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static AesZipEncryption FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return File.ReadLines(path).FirstOrDefault() is { } password && !string.IsNullOrWhiteSpace(password)
            ? new AesZipEncryption(password)
            : throw new ArgumentException($"The first line of {path} holds no password.", nameof(path));
    }

    IStudyLayout IStudyLayoutFactory.Create(string root, SavingOptions options, InstancePlaces? places) => new EncryptedZipLayout(root, _password, options, places);
}
