using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>A condition on the attributes of an instance, true, false or not known, as in SQL. Immutable.</summary>
internal abstract class FilterNode
{
    /// <summary>How tightly it binds when it is written: <c>or</c> least.</summary>
    public abstract int Precedence { get; }

    /// <summary>The attributes that it asks for.</summary>
    public abstract IEnumerable<AttributePath> Attributes { get; }

    /// <param name="dataset">The attributes.</param>
    /// <param name="values">Space for values; what is in it is overwritten.</param>
    public abstract bool? Evaluate(DicomDataset dataset, List<DicomValue> values);

    /// <summary>Writes it in the form in which it is read.</summary>
    public abstract void Print(StringBuilder text);

    /// <summary>Writes a part of it, in parentheses where it binds less tightly.</summary>
    protected void Print(StringBuilder text, FilterNode part, bool isStrict)
    {
        var isBracketed = isStrict ? part.Precedence <= Precedence : part.Precedence < Precedence;
        text.Append(isBracketed ? "(" : "");
        part.Print(text);
        text.Append(isBracketed ? ")" : "");
    }
}
