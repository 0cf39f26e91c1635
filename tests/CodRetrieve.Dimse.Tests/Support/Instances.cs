namespace CodRetrieve.Dimse.Tests.Support;

internal static class Instances
{
    public static InstanceInfo Of(string sopInstance) => CodModelFactory.Series("1.2.3", "1.2.3.4", instances: [(sopInstance, null, null)]).Instances[0];

    /// <summary>Sends one instance as a job does.</summary>
    public static async Task<string> SendAsync(
        this DimseSaveHandler handler,
        string sopInstance = "1.2.3.4.5.6",
        int pixelBytes = 1000,
        string sopClass = PartTen.CtImageStorage,
        string transferSyntax = PartTen.ExplicitLittleEndian,
        Func<CancellationToken, Task>? end = null,
        CancellationToken cancellationToken = default) =>
        await handler.SaveAsync(Of(sopInstance), new TestContent(PartTen.File(sopInstance, pixelBytes, sopClass, transferSyntax), end: end), cancellationToken);
}
