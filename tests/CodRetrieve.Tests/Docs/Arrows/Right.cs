#pragma warning disable MA0048 // Two samples.
namespace CodRetrieve.Tests.Docs.Arrows.Right;

/// <summary>What the samples depend on.</summary>
internal class Target;

internal static class Statics
{
    public static int Number() => 1;
}
