namespace CodRetrieve.Dimse;

/// <summary>An association that is not in use, with the timer that releases it.</summary>
internal sealed class IdleAssociation(Association association)
{
    public Association Association { get; } = association;

    public ITimer? Timer { get; set; }

    public Association Take()
    {
        Timer?.Dispose();
        return Association;
    }
}
