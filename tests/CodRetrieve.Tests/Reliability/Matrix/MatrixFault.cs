using CodRetrieve.Testing;

namespace CodRetrieve.Tests.Reliability.Matrix;

/// <summary>One row of the matrix: a fault, how it is made at each place, and what must come of it.</summary>
internal sealed class MatrixFault
{
    public required string Name { get; init; }

    /// <summary>The fault of one request.</summary>
    public required Func<MatrixPlace, MatrixStore, Fault> Once { get; init; }

    /// <summary>The fault of every request; by default the same.</summary>
    public Func<MatrixPlace, MatrixStore, Fault>? ForEver { get; init; }

    /// <summary>What comes first, once, so that the fault can strike; by default nothing.</summary>
    public Func<MatrixPlace, Fault?> Before { get; init; } = _ => null;

    /// <summary>Outcome and what was fetched twice, struck once: listing, metadata, segment.</summary>
    public required string[] AfterOne { get; init; }

    /// <summary>The same, struck without end.</summary>
    public required string[] WithoutEnd { get; init; }

    public string Expected(MatrixPlace place, bool forEver) => (forEver ? WithoutEnd : AfterOne)[(int)place];
}
