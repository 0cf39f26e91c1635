using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace CodRetrieve.Service.Security;

/// <summary>
/// An API key as its owner holds it: <c>crk_{id}_{secret}</c>. The id finds the record in the ledger; the ledger has the SHA-256 of the secret only, which is enough of a hash
/// since the secret is 256 random bits and cannot be guessed from a list.
/// </summary>
internal sealed class ApiKey
{
    /// <summary>What every key begins with, so that scanners of repositories and logs know one.</summary>
    public const string Prefix = "crk_";

    private const int IdBytes = 8;
    private const int SecretBytes = 32;
    private const int IdLength = IdBytes * 2;
    private const int SecretLength = SecretBytes * 2;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    private readonly byte[] _secret;

    private ApiKey(string id, byte[] secret)
    {
        Id = id;
        _secret = secret;
    }

    public string Id { get; }

    public byte[] Hash => SHA256.HashData(_secret);

    public static ApiKey Create() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), RandomNumberGenerator.GetBytes(SecretBytes));

    public static bool IsOne(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    public static bool TryParse(string? text, [NotNullWhen(true)] out ApiKey? key)
    {
        key = null;
        if (text is null || text.Length != Prefix.Length + IdLength + 1 + SecretLength || !IsOne(text) || text[Prefix.Length + IdLength] != '_')
        {
            return false;
        }

        var id = text.AsSpan(Prefix.Length, IdLength);
        var secret = text.AsSpan(Prefix.Length + IdLength + 1);
        if (id.ContainsAnyExcept(Hexadecimal) || secret.ContainsAnyExcept(Hexadecimal))
        {
            return false;
        }

        key = new ApiKey(id.ToString(), Convert.FromHexString(secret));
        return true;
    }

    /// <summary>Whether this is the key with the given hash, in a time that does not depend on where they differ.</summary>
    public bool Matches(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(Hash, hash);

    /// <summary>The whole key, for its owner only: shown once, never logged.</summary>
    public string Reveal() => new StringBuilder(Prefix).Append(Id).Append('_').Append(Convert.ToHexStringLower(_secret)).ToString();

    /// <summary>The id, without the secret.</summary>
    public override string ToString() => $"{Prefix}{Id}";
}
