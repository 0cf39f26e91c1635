using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>Whether an attribute is missing, or there without a value.</summary>
internal sealed class PresenceNode(AttributePath attribute, bool isNegated, bool isEmpty) : FilterNode
{
    public override int Precedence => 3;

    public override IEnumerable<AttributePath> Attributes => [attribute];

    public override bool? Evaluate(DicomDataset dataset, List<DicomValue> values)
    {
        values.Clear();
        var state = dataset.Read(attribute, values);
        return state == AttributeState.Unreadable ? null : (state == (isEmpty ? AttributeState.Empty : AttributeState.Missing)) != isNegated;
    }

    public override void Print(StringBuilder text) => text.Append(attribute).Append(isNegated ? " is not " : " is ").Append(isEmpty ? "empty" : "missing");
}
