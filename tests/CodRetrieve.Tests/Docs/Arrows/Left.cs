#pragma warning disable CA1051, CA1805, CS0649, CA1822, CA1852, CA1823, IDE0051, IDE0052, MA0036, MA0041, MA0053 // Samples of dependencies, which nobody runs.
using CodRetrieve.Tests.Docs.Arrows.Right;

namespace CodRetrieve.Tests.Docs.Arrows.Left;

/// <summary>One class for each way to depend on a type, for <see cref="ArchitectureTests"/>.</summary>
internal sealed class UsesInAField
{
    public Target? Target;
}

internal sealed class UsesInABody
{
    public string Run() => new Target().ToString()!;
}

internal sealed class UsesInAnAsyncBody
{
    public async Task RunAsync()
    {
        await Task.Yield();
        _ = new Target();
    }
}

internal sealed class UsesAsATypeArgument
{
    public IEnumerable<Dictionary<string, Target>> Run() => [];
}

internal sealed class UsesInALambda
{
    public Func<object> Run() => () => new Target();
}

internal sealed class UsesAStaticMethod
{
    public int Run() => Statics.Number();
}

internal sealed class UsesAsABase : Target;
