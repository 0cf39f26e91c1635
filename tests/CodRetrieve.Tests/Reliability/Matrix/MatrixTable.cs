using System.Text;

namespace CodRetrieve.Tests.Reliability.Matrix;

/// <summary>The matrix as the document shows it. Every cell of it is asserted by <see cref="FaultMatrixTests"/>.</summary>
internal static class MatrixTable
{
    public static string Markdown()
    {
        var text = new StringBuilder("| fault | of the | form | once: outcome; fetched twice | for ever: outcome; fetched twice |\n|---|---|---|---|---|\n");
        foreach (var fault in MatrixFaults.All)
        {
            foreach (var place in Enum.GetValues<MatrixPlace>())
            {
                foreach (var form in new[] { "folder", "zip" })
                {
                    text.Append("| ").Append(fault.Name).Append(" | ").Append(place.ToString().ToLowerInvariant()).Append(" | ").Append(form)
                        .Append(" | ").Append(fault.Expected(place, forEver: false)).Append(" | ").Append(fault.Expected(place, forEver: true)).Append(" |\n");
                }
            }
        }

        return text.ToString();
    }
}
