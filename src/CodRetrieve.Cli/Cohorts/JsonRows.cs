using System.Runtime.CompilerServices;
using System.Text;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>
/// Objects in JSON over any number of lines, one after another or in an array as QIDO-RS returns it (PS3.18, 8.3), cut out of the text one at a time:
/// an array may be of any size. UIDs in quotes may stand in an array, too.
/// </summary>
internal sealed class JsonRows(CohortText text, long firstLine, string begun)
{
    private readonly StringBuilder _item = new();
    private long _line = firstLine;
    private long _itemLine;
    private int _position;
    private int _itemPosition;
    private int _depth;
    private bool _isString;
    private bool _isEscaped;
    private bool _isInArray;
    private bool _isAfterArray;

    /// <summary>Whether a line begins an object that ends in a later one.</summary>
    public static bool IsBegunBy(string line)
    {
        if (line[0] != '{')
        {
            return false;
        }

        var (depth, isString, isEscaped) = (0, false, false);
        foreach (var c in line)
        {
            if (isString)
            {
                (isEscaped, isString) = (!isEscaped && c == '\\', isEscaped || c != '"');
                continue;
            }

            isString = c == '"';
            depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
        }

        return depth > 0;
    }

    /// <summary>The rows of the text.</summary>
    public async IAsyncEnumerable<CohortLine> ReadAsync(CohortRowBuilder builder, IReadOnlyCollection<string> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new char[1 << 14];
        var part = begun.AsMemory();
        do
        {
            for (var i = 0; i < part.Length; i++)
            {
                if (Take(part.Span[i]))
                {
                    yield return JsonCells.Build(_itemLine, _itemPosition, _item.ToString(), builder, wanted);
                    _item.Clear();
                }
            }

            part = buffer.AsMemory(0, await text.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
        }
        while (part.Length > 0);

        if (_item.Length > 0)
        {
            throw new CohortFormatException(_itemLine, "an object in JSON that is never closed: the file is broken off, or a brace or quote is missing");
        }

        if (_isInArray)
        {
            throw new CohortFormatException(_line, "the end of the file, and the array in JSON is not closed: the file is broken off");
        }
    }

    // Whether it ends an item.
    private bool Take(char c)
    {
        (_line, _position) = c == '\n' ? (_line + 1, 0) : (_line, _position + 1);
        if (_item.Length == 0 && !Begins(c))
        {
            return false;
        }

        if (_item.Append(c).Length > CohortText.MaxLineLength)
        {
            throw new CohortFormatException(_itemLine, $"an object of more than {CohortText.MaxLineLength} characters, or one that is never closed");
        }

        if (_isString)
        {
            (_isEscaped, _isString) = (!_isEscaped && c == '\\', _isEscaped || c != '"');
            return !_isString && _depth == 0;
        }

        _isString = c == '"';
        _depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
        return _depth == 0 && !_isString;
    }

    private bool Begins(char c)
    {
        if (c is '{' or '"' && !_isAfterArray)
        {
            (_itemLine, _itemPosition) = (_line, _position);
            return true;
        }

        if (c == '[' && !_isInArray && !_isAfterArray)
        {
            _isInArray = true;
        }
        else if (c == ']' && _isInArray)
        {
            (_isInArray, _isAfterArray) = (false, true);
        }
        else if (!char.IsWhiteSpace(c) && (c != ',' || _isAfterArray))
        {
            throw new CohortFormatException(_line, $"neither an object in JSON nor the end of the array, at character {_position}");
        }

        return false;
    }
}
