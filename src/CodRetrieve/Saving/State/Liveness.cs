namespace CodRetrieve.Saving;

/// <summary>What is known of another run.</summary>
internal enum Liveness
{
    /// <summary>It works, or may do so.</summary>
    Alive,

    /// <summary>It shows no sign of life any more. Its machine may have been suspended, and it may go on one day.</summary>
    Silent,

    /// <summary>It has ended, and writes nothing any more.</summary>
    Dead,
}
