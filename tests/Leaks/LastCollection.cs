using Xunit.Abstractions;

namespace CodRetrieve.Tests.Leaks;

/// <summary>Runs when all other tests have ended: while none runs beside it, and, by <see cref="Orderer"/>, behind those that also run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LastCollection
{
    public const string Name = "Last";

    /// <summary>Named by an attribute of each test assembly, see tests/Directory.Build.props.</summary>
    public sealed class Orderer : ITestCollectionOrderer
    {
        public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
            testCollections.OrderBy(collection => collection.DisplayName == Name ? 1 : 0);
    }
}
