namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A test of the program as it is published for this platform, in native code; skipped where that was not done since the last build.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute()
    {
        Timeout = 120_000;
        if (NativeProgram.Find() is null)
        {
            Skip = "Needs the program built anew: dotnet publish src/CodRetrieve.Cli -c Release -r linux-x64 -o artifacts/cli";
        }
    }
}
