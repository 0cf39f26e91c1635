using System.Text;

namespace CodRetrieve.Catalog;

/// <summary>Reads a series' attributes from the DICOM JSON (PS3.18, annex F) of one of its instances; all other tags are passed over.</summary>
internal static class SeriesAttributesReader
{
    // The longest that the value representations CS and LO may be (PS3.5, 6.2).
    private const int MaxCodeLength = 16;
    private const int MaxTextLength = 64;

    /// <summary>Reads the object that comes next to its end.</summary>
    /// <exception cref="CodFormatException">The JSON is cut off or malformed.</exception>
    public static async ValueTask<SeriesAttributes> ReadAsync(JsonScanner json, CancellationToken cancellationToken)
    {
        string? modality = null;
        string? description = null;
        await json.EnterObjectAsync(cancellationToken).ConfigureAwait(false);
        while (await json.ReadNameAsync(cancellationToken).ConfigureAwait(false))
        {
            if (json.Text.SequenceEqual("00080060"u8))
            {
                modality = await ReadValueAsync(json, MaxCodeLength, cancellationToken).ConfigureAwait(false);
            }
            else if (json.Text.SequenceEqual("0008103E"u8))
            {
                description = await ReadValueAsync(json, MaxTextLength, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return new SeriesAttributes { Modality = modality, Description = description };
    }

    private static async ValueTask<string?> ReadValueAsync(JsonScanner json, int maxLength, CancellationToken cancellationToken)
    {
        if (!await json.IsObjectNextAsync(cancellationToken).ConfigureAwait(false))
        {
            await json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }

        string? value = null;
        await json.EnterObjectAsync(cancellationToken).ConfigureAwait(false);
        while (await json.ReadNameAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!json.Text.SequenceEqual("Value"u8))
            {
                await json.SkipValueAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (await json.ReadFirstStringAsync(cancellationToken).ConfigureAwait(false))
            {
                value = Bounded(Encoding.UTF8.GetString(json.Text), maxLength);
            }
        }

        return value;
    }

    // Spaces around a value, and the zero byte that some writers pad with, mean nothing.
    private static string? Bounded(string text, int maxLength)
    {
        var trimmed = text.Trim(' ', '\0');
        if (trimmed.Length > maxLength)
        {
            trimmed = trimmed[..(char.IsHighSurrogate(trimmed[maxLength - 1]) ? maxLength - 1 : maxLength)];
        }

        return trimmed.Length == 0 ? null : trimmed;
    }
}
