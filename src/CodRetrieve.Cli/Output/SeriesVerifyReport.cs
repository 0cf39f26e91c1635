namespace CodRetrieve.Cli.Output;

/// <summary>What verifying found of one series, as JSON; its findings are listed with all others.</summary>
internal sealed record SeriesVerifyReport(string Study, string Series, int InstancesTotal, int InstancesVerified, long BytesVerified, int Findings)
{
    public static SeriesVerifyReport Of(SeriesVerification series) => new(
        series.StudyInstanceUid, series.SeriesInstanceUid, series.InstancesTotal, series.InstancesVerified, series.BytesVerified, series.Findings.Count);
}
