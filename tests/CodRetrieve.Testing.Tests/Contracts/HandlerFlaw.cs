namespace CodRetrieve.Testing.Tests.Contracts;

/// <summary>What is wrong with a <see cref="FlawedHandler"/>.</summary>
public enum HandlerFlaw
{
    None,
    FindsEverything,
    AddsByte,
    NeedsSize,
    ForgetsOthers,
    OneCallAtATime,
    FirstWins,
    CompletesOnce,
    ForgetsAtClose,
    WrapsExceptions,
    KeepsFailedContent,
    ShowsPartialContent,
    IgnoresToken,
    StopsAtSize,
    NoLocation,
    StaysBusy,
}
