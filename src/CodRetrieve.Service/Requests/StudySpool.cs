using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CodRetrieve.Cli.Cohorts;

namespace CodRetrieve.Service.Requests;

/// <summary>
/// The studies of a request on their way into the ledger: checked and each kept once, in a file without a name, so that neither a million of them nor a slow
/// client holds memory or a transaction. Not safe for use by several threads.
/// </summary>
internal sealed class StudySpool : IAsyncDisposable
{
    private const int MaxLength = 128;
    private const int BufferSize = 1 << 16;

    private readonly FileStream _file;
    private readonly StreamWriter _writer;
    private readonly HashSet<UInt128> _seen = [];
    private readonly int _limit;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _given;

    public StudySpool(int limit)
    {
        _limit = limit;
        _file = TemporaryFile.Create();
        _writer = new StreamWriter(_file, new UTF8Encoding(false), BufferSize, leaveOpen: true);
    }

    /// <summary>Gets the number of different studies.</summary>
    public int Count => _seen.Count;

    /// <summary>Gets a SHA-256 of the studies in their order, in hexadecimal digits.</summary>
    public string Fingerprint => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Adds a study; one that is there already is passed over.</summary>
    /// <exception cref="RequestRefusedException">It is none, or there are too many.</exception>
    public void Add(string studyInstanceUid)
    {
        _given++;
        var study = studyInstanceUid.AsSpan().Trim();
        if (!IsUid(study))
        {
            throw new RequestRefusedException(
                RefusalKind.Invalid,
                $"Number {_given} of the studies is no Study Instance UID: it has to have 1 to {MaxLength} letters, digits, dots, dashes and underscores, and begin with a letter or a digit.");
        }

        // 128 bits of a hash instead of the text: two of a billion different ones are the same once in 10^20 requests.
        if (!_seen.Add(XxHash128.HashToUInt128(MemoryMarshal.AsBytes(study))))
        {
            return;
        }

        if (_seen.Count > _limit)
        {
            throw new RequestRefusedException(RefusalKind.TooLarge, $"A request may have at most {_limit} studies. Divide it.");
        }

        Span<byte> line = stackalloc byte[MaxLength + 1];
        var length = Encoding.ASCII.GetBytes(study, line);
        line[length] = (byte)'\n';
        _hash.AppendData(line[..(length + 1)]);
        _writer.Write(study);
        _writer.Write('\n');
    }

    /// <summary>Reads the studies from the first on; nothing can be added afterwards.</summary>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await _writer.FlushAsync(cancellationToken);
        _file.Position = 0;
        using var reader = new StreamReader(_file, Encoding.UTF8, false, BufferSize, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _file.DisposeAsync();
        _hash.Dispose();
    }

    // What the core takes: wider than PS3.5, 9.1, for stores with hashed UIDs, but nothing that leads out of a folder.
    internal static bool IsUid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength || !char.IsAsciiLetterOrDigit(text[0]) || text[^1] == '.')
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))
            {
                return false;
            }
        }

        return true;
    }
}
