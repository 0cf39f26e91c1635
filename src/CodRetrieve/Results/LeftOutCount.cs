namespace CodRetrieve;

/// <summary>What was read of a store, and is no part of any series of a result, since nothing of its series is selected.</summary>
/// <param name="Series">The series.</param>
/// <param name="Instances">Their instances, as far as their indexes were read.</param>
/// <param name="Undecided">Those of the instances whose attributes do not tell whether they are selected.</param>
internal readonly record struct LeftOutCount(int Series, int Instances, int Undecided)
{
    public LeftOutCount Plus(LeftOutCount other) => new(Series + other.Series, Instances + other.Instances, Undecided + other.Undecided);
}
