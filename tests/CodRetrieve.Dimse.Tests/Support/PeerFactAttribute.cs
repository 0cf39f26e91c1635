namespace CodRetrieve.Dimse.Tests.Support;

/// <summary>A test with an archive of others; skipped where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(string program)
    {
        Program = program;
        Timeout = 60_000;
        if (!PeerProcess.Has(program))
        {
            Skip = $"{program} is not installed: apt-get install dcmtk orthanc.";
        }
    }

    public string Program { get; }
}
