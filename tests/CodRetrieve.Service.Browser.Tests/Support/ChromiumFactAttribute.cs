namespace CodRetrieve.Service.Browser.Tests.Support;

/// <summary>A test in a browser; skipped where there is no Chromium.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        Timeout = 120_000;
        Skip = Chromium.Absence;
    }
}
