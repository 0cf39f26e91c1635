using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>
/// A comparison of an attribute: with one value, with each of a list (<c>in</c>), or with both ends of a range (<c>between</c>). True if it is for any of the attribute's
/// values; not known if the attribute has none.
/// </summary>
internal sealed class ComparisonNode(AttributePath attribute, ComparisonForm form, bool isNegated, IReadOnlyList<ValueTest> tests) : FilterNode
{
    public override int Precedence => 3;

    public override IEnumerable<AttributePath> Attributes => [attribute];

    public override bool? Evaluate(DicomDataset dataset, List<DicomValue> values)
    {
        var result = EvaluatePositive(dataset, values);
        return isNegated ? !result : result;
    }

    public override void Print(StringBuilder text)
    {
        text.Append(attribute);
        switch (form)
        {
            case ComparisonForm.List:
                text.Append(isNegated ? " not in (" : " in (").AppendJoin(", ", tests.Select(static test => FilterText.Quote(test.Operand.Text))).Append(')');
                break;
            case ComparisonForm.Between:
                text.Append(" between ").Append(FilterText.Quote(tests[0].Operand.Text)).Append(" and ").Append(FilterText.Quote(tests[1].Operand.Text));
                break;
            default:
                text.Append(' ').Append(isNegated ? "!=" : FilterText.Of(tests[0].Comparison)).Append(' ').Append(FilterText.Quote(tests[0].Operand.Text));
                break;
        }
    }

    private bool? EvaluatePositive(DicomDataset dataset, List<DicomValue> values)
    {
        values.Clear();
        var state = dataset.Read(attribute, values);
        if (state == AttributeState.Empty && form != ComparisonForm.Between && tests.Any(static test => test.Operand.Text.Length == 0))
        {
            return true;
        }

        // Without a value there is nothing to compare, and nothing is known.
        bool? result = state == AttributeState.Present && values.Count > 0 ? false : null;
        foreach (var value in values)
        {
            var one = Test(value);
            if (one == true)
            {
                return true;
            }

            result = one is null ? null : result;
        }

        return result;
    }

    private bool? Test(in DicomValue value)
    {
        bool? result = form == ComparisonForm.Between;
        foreach (var test in tests)
        {
            var one = test.Test(value);
            if (one != result && one is not null && result is not null)
            {
                return one;
            }

            result = one is null ? null : result;
        }

        return result;
    }
}
