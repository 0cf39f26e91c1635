using Microsoft.Extensions.Options;

namespace CodRetrieve;

/// <summary>Says whether options would make a <see cref="CodDownload"/>, before the first one is needed.</summary>
internal sealed class OptionsCheck : IValidateOptions<CodDownloadOptions>
{
    public ValidateOptionsResult Validate(string? name, CodDownloadOptions options)
    {
        try
        {
            // Checks its options, and opens nothing that would have to be disposed.
            _ = new CodDownload(options);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail($"{nameof(CodDownloadOptions)}: {e.Message}");
        }
    }
}
