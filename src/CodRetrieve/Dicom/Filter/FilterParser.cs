namespace CodRetrieve.Dicom;

/// <summary>Reads the text of a filter. docs/selection.md has the grammar.</summary>
internal sealed class FilterParser
{
    public const int MaxLength = 65_536;

    // Of parentheses and "not": far more than anybody writes, and far fewer than a thread's stack bears.
    private const int MaxDepth = 100;
    private const int MaxValues = 10_000;

    private readonly string _text;
    private int _position;
    private int _depth;

    private FilterParser(string text) => _text = text;

    /// <summary>Reads a filter.</summary>
    /// <exception cref="FormatException">It is none; the message has the position, from 1.</exception>
    public static FilterNode Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"A condition may have at most {MaxLength} characters.");
        }

        var parser = new FilterParser(text);
        var node = parser.ReadOr();
        parser.SkipSpace();
        return parser._position == text.Length ? node : throw Wrong(parser._position, $"{parser.Next()} was not expected. Put a value with spaces or signs in quotes");
    }

    private FilterNode ReadOr()
    {
        var node = ReadAnd();
        while (TryReadWord("or"))
        {
            node = JunctionNode.Join(isAnd: false, node, ReadAnd());
        }

        return node;
    }

    private FilterNode ReadAnd()
    {
        var node = ReadNot();
        while (TryReadWord("and"))
        {
            node = JunctionNode.Join(isAnd: true, node, ReadNot());
        }

        return node;
    }

    private FilterNode ReadNot()
    {
        if (++_depth > MaxDepth)
        {
            throw Wrong(_position, $"conditions are nested deeper than {MaxDepth}");
        }

        var node = TryReadWord("not") ? new NotNode(ReadNot())
            : IsParenthesis() ? ReadParenthesized()
            : ReadComparison();
        _depth--;
        return node;
    }

    // A tag may be written in parentheses, too.
    private bool IsParenthesis()
    {
        SkipSpace();
        return _position < _text.Length && _text[_position] == '('
            && !(_position + 10 < _text.Length && _text[_position + 5] == ',' && _text[_position + 10] == ')');
    }

    private FilterNode ReadParenthesized()
    {
        var start = _position++;
        var node = ReadOr();
        return TryReadSign(")") ? node : throw Wrong(start, "the parenthesis is not closed");
    }

    private FilterNode ReadComparison()
    {
        SkipSpace();
        var start = _position;
        var attribute = ReadAttribute();
        if (TryReadWord("is"))
        {
            var isNegated = TryReadWord("not");
            return TryReadWord("missing") ? new PresenceNode(attribute, isNegated, isEmpty: false)
                : TryReadWord("empty") ? new PresenceNode(attribute, isNegated, isEmpty: true)
                : throw Wrong(_position, "'missing' or 'empty' was expected");
        }

        var isNotIn = TryReadWord("not");
        if (TryReadWord("in"))
        {
            return new ComparisonNode(attribute, ComparisonForm.List, isNotIn, ReadList(attribute));
        }

        if (isNotIn)
        {
            throw Wrong(_position, "'in' was expected");
        }

        if (TryReadWord("between"))
        {
            var low = ReadTest(attribute, ComparisonOperator.GreaterOrEqual);
            return TryReadWord("and")
                ? new ComparisonNode(attribute, ComparisonForm.Between, false, [low, ReadTest(attribute, ComparisonOperator.LessOrEqual)])
                : throw Wrong(_position, "'and' and the upper end were expected");
        }

        var (comparison, isUnequal) = ReadOperator(attribute, start);
        return new ComparisonNode(attribute, ComparisonForm.Single, isUnequal, [ReadTest(attribute, comparison)]);
    }

    private AttributePath ReadAttribute()
    {
        try
        {
            return AttributePath.Parse(_text, ref _position);
        }
        catch (FormatException e)
        {
            throw Wrong(_position, e.Message.TrimEnd('.'));
        }
    }

    private (ComparisonOperator Comparison, bool IsNegated) ReadOperator(AttributePath attribute, int start) =>
        TryReadSign("==") ? (ComparisonOperator.Equal, false)
        : TryReadSign("!=") || TryReadSign("<>") ? (ComparisonOperator.Match, true)
        : TryReadSign("<=") ? (ComparisonOperator.LessOrEqual, false)
        : TryReadSign(">=") ? (ComparisonOperator.GreaterOrEqual, false)
        : TryReadSign("=") ? (ComparisonOperator.Match, false)
        : TryReadSign("<") ? (ComparisonOperator.Less, false)
        : TryReadSign(">") ? (ComparisonOperator.Greater, false)
        : throw Wrong(Math.Max(start, _position), $"behind {attribute} a comparison was expected: =, !=, ==, <, <=, >, >=, in, between or is");

    private List<ValueTest> ReadList(AttributePath attribute)
    {
        if (!TryReadSign("("))
        {
            throw Wrong(_position, "'(' was expected");
        }

        var tests = new List<ValueTest>();
        do
        {
            if (tests.Count == MaxValues)
            {
                throw Wrong(_position, $"a list may have at most {MaxValues} values");
            }

            tests.Add(ReadTest(attribute, ComparisonOperator.Match));
        }
        while (TryReadSign(","));
        return TryReadSign(")") ? tests : throw Wrong(_position, "',' or ')' was expected");
    }

    private ValueTest ReadTest(AttributePath attribute, ComparisonOperator comparison)
    {
        SkipSpace();
        var start = _position;
        var test = new ValueTest(comparison, new Operand(ReadValue()));
        return test.Operand.Text.Length > 0 && test.WhyImpossible(attribute.Vr.Kind()) is { } why ? throw Wrong(start, $"{attribute} ({attribute.Vr}) {why}")
            : test.Operand.Text.Length == 0 && comparison > ComparisonOperator.Equal ? throw Wrong(start, "a value was expected")
            : attribute.Vr.Kind() == VrKind.Opaque ? throw Wrong(start, $"{attribute} ({attribute.Vr}) {test.WhyImpossible(VrKind.Opaque)}")
            : test;
    }

    private string ReadValue()
    {
        if (_position < _text.Length && _text[_position] is '\'' or '"')
        {
            return ReadQuoted();
        }

        var start = _position;
        while (_position < _text.Length && !char.IsWhiteSpace(_text[_position]) && _text[_position] is not ('(' or ')' or ',' or '\'' or '"' or '=' or '<' or '>' or '!'))
        {
            _position++;
        }

        return _position > start ? _text[start.._position] : throw Wrong(start, "a value was expected");
    }

    // A quote within is written twice.
    private string ReadQuoted()
    {
        var start = _position;
        var quote = _text[_position++];
        var value = new System.Text.StringBuilder();
        while (true)
        {
            var end = _text.IndexOf(quote, _position);
            if (end < 0)
            {
                throw Wrong(start, "the quotes are not closed");
            }

            value.Append(_text, _position, end - _position);
            _position = end + 1;
            if (_position == _text.Length || _text[_position] != quote)
            {
                return value.ToString();
            }

            value.Append(quote);
            _position++;
        }
    }

    private bool TryReadWord(string word)
    {
        SkipSpace();
        var end = _position + word.Length;
        if (end > _text.Length || !_text.AsSpan(_position, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)
            || (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '_' or '.' or '[')))
        {
            return false;
        }

        _position = end;
        return true;
    }

    private bool TryReadSign(string sign)
    {
        SkipSpace();
        if (string.CompareOrdinal(_text, _position, sign, 0, sign.Length) != 0)
        {
            return false;
        }

        _position += sign.Length;
        return true;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }
    }

    private string Next()
    {
        var rest = _text.AsSpan(_position);
        return $"'{rest[..Math.Min(rest.Length, 20)]}'";
    }

    private static FormatException Wrong(int position, string what) => new($"The condition cannot be read at position {position + 1}: {what}.");
}
