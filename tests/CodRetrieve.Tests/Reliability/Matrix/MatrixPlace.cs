
namespace CodRetrieve.Tests.Reliability.Matrix;

/// <summary>Which of a job's requests a fault strikes.</summary>
public enum MatrixPlace
{
    Listing,
    Metadata,
    Segment,
}
