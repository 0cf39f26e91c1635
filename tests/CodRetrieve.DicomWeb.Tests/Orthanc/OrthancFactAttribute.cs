using System.Diagnostics;

namespace CodRetrieve.DicomWeb.Tests.Orthanc;

/// <summary>A test with a real Orthanc and its DICOMweb plugin; skipped where they, or what else it needs, are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OrthancFactAttribute : FactAttribute
{
    public OrthancFactAttribute(bool needsFixtures = false, bool needsMount = false)
    {
        Timeout = 240_000;
        Skip = OrthancServer.Program is null || OrthancServer.Plugin is null ? "Orthanc is not installed: apt-get install orthanc orthanc-dicomweb"
            : needsFixtures && SharedFixtures.Absence is { } absence ? absence
            : needsMount && !CanMount() ? "Mounting a small file system is not permitted."
            : null;
    }

    private static bool CanMount()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/unshare"))
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo("/usr/bin/unshare", ["--mount", "true"]) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
