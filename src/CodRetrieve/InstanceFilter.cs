using System.Diagnostics.CodeAnalysis;
using System.Text;
using CodRetrieve.Dicom;

namespace CodRetrieve;

/// <summary>
/// A condition on the DICOM attributes of an instance, as text: <c>Modality=CT and SliceThickness &lt; 1.5</c>. Immutable and safe for use by several threads.
/// </summary>
/// <remarks>
/// Three-valued, as in SQL: where an attribute is missing, without a value or unreadable, a comparison of it is neither true nor false, and its negation is not either. Of several
/// values, and of several items of a sequence, one is enough. docs/selection.md has the grammar.
/// </remarks>
public sealed class InstanceFilter
{
    private readonly FilterNode _root;

    private InstanceFilter(FilterNode root) => _root = root;

    /// <summary>The attributes that the condition asks for.</summary>
    internal IEnumerable<AttributePath> Attributes => _root.Attributes;

    /// <summary>Joins two conditions, both of which must be true.</summary>
    /// <param name="left">One condition.</param>
    /// <param name="right">The other.</param>
    /// <returns>The condition <c>left and right</c>.</returns>
    public static InstanceFilter operator &(InstanceFilter left, InstanceFilter right) => Join(isAnd: true, left, right);

    /// <summary>Joins two conditions, one of which must be true.</summary>
    /// <param name="left">One condition.</param>
    /// <param name="right">The other.</param>
    /// <returns>The condition <c>left or right</c>.</returns>
    public static InstanceFilter operator |(InstanceFilter left, InstanceFilter right) => Join(isAnd: false, left, right);

    /// <summary>Negates a condition; what is not known stays so.</summary>
    /// <param name="filter">The condition.</param>
    /// <returns>The condition <c>not filter</c>.</returns>
    public static InstanceFilter operator !(InstanceFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new InstanceFilter(new NotNode(filter._root));
    }

    /// <inheritdoc cref="op_BitwiseAnd"/>
    public static InstanceFilter BitwiseAnd(InstanceFilter left, InstanceFilter right) => left & right;

    /// <inheritdoc cref="op_BitwiseOr"/>
    public static InstanceFilter BitwiseOr(InstanceFilter left, InstanceFilter right) => left | right;

    /// <inheritdoc cref="op_LogicalNot"/>
    public static InstanceFilter LogicalNot(InstanceFilter filter) => !filter;

    /// <summary>Reads a condition.</summary>
    /// <param name="text">The condition, at most 65,536 characters.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException">
    /// It is none: the message has the position, from 1, what was expected there and, for a keyword that DICOM does not know, the nearest ones.
    /// </exception>
    public static InstanceFilter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new InstanceFilter(FilterParser.Parse(text));
    }

    /// <summary>Reads a condition, if it is one.</summary>
    /// <param name="text">The condition.</param>
    /// <param name="filter">The condition; <see langword="null"/> where it is none.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out InstanceFilter? filter)
    {
        try
        {
            filter = text is null ? null : Parse(text);
        }
        catch (FormatException)
        {
            filter = null;
        }

        return filter is not null;
    }

    /// <summary>Returns whether an instance meets the condition.</summary>
    /// <param name="attributes">The instance's attributes.</param>
    /// <returns><see langword="null"/> where that is not known.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="attributes"/> is <see langword="null"/>.</exception>
    public bool? Matches(InstanceAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        return Evaluate(attributes.Dataset);
    }

    /// <summary>Returns the condition as text that <see cref="Parse"/> reads as the same one.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        _root.Print(text);
        return text.ToString();
    }

    internal bool? Evaluate(DicomDataset dataset) => _root.Evaluate(dataset, []);

    /// <summary>The conditions that must all be true.</summary>
    internal IEnumerable<InstanceFilter> Conjuncts() =>
        _root is JunctionNode { IsAnd: true } and ? and.Parts.Select(static part => new InstanceFilter(part)) : [this];

    private static InstanceFilter Join(bool isAnd, InstanceFilter left, InstanceFilter right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new InstanceFilter(JunctionNode.Join(isAnd, left._root, right._root));
    }
}
