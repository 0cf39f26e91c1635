using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>The contrary of a condition: what is not known is not known then either.</summary>
internal sealed class NotNode(FilterNode inner) : FilterNode
{
    public FilterNode Inner => inner;

    public override int Precedence => 2;

    public override IEnumerable<AttributePath> Attributes => inner.Attributes;

    public override bool? Evaluate(DicomDataset dataset, List<DicomValue> values) => !inner.Evaluate(dataset, values);

    public override void Print(StringBuilder text)
    {
        text.Append("not ");
        Print(text, inner, isStrict: true);
    }
}
