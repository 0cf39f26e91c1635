using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>Conditions of which all must be true (<c>and</c>), or one (<c>or</c>).</summary>
internal sealed class JunctionNode(bool isAnd, IReadOnlyList<FilterNode> parts) : FilterNode
{
    public bool IsAnd => isAnd;

    public IReadOnlyList<FilterNode> Parts => parts;

    public override int Precedence => isAnd ? 1 : 0;

    public override IEnumerable<AttributePath> Attributes => parts.SelectMany(static part => part.Attributes);

    /// <summary>Joins two conditions, and what they are joined of in the same way.</summary>
    public static FilterNode Join(bool isAnd, FilterNode first, FilterNode second) =>
        new JunctionNode(isAnd, [.. PartsOf(first, isAnd), .. PartsOf(second, isAnd)]);

    public override bool? Evaluate(DicomDataset dataset, List<DicomValue> values)
    {
        // One that is false makes "and" false, one that is true makes "or" true, whatever the others are.
        bool? result = isAnd;
        foreach (var part in parts)
        {
            var one = part.Evaluate(dataset, values);
            if (one == !isAnd)
            {
                return one;
            }

            result = one is null ? null : result;
        }

        return result;
    }

    public override void Print(StringBuilder text)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            text.Append(i == 0 ? "" : isAnd ? " and " : " or ");
            Print(text, parts[i], isStrict: true);
        }
    }

    private static IEnumerable<FilterNode> PartsOf(FilterNode node, bool isAnd) => node is JunctionNode junction && junction.IsAnd == isAnd ? junction.Parts : [node];
}
