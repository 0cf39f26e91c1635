namespace CodRetrieve.Testing;

/// <summary>What happens where a body stops.</summary>
internal enum BodyEnd
{
    /// <summary>The response ends as HTTP wants it; short of the asked bytes, where it was cut.</summary>
    Clean,

    /// <summary>The connection is reset (RST).</summary>
    Reset,

    /// <summary>The connection is closed in order (FIN), though the body is not whole.</summary>
    Close,

    /// <summary>Nothing more comes until the client leaves or the server ends.</summary>
    Stall,
}
