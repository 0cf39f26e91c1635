using CodRetrieve.DicomWeb.Tests.Orthanc;
using CodRetrieve.Service.Tests.Support;
using CodRetrieve.Testing;
using Xunit.Abstractions;

namespace CodRetrieve.Service.Tests.Survival;

/// <summary>Three nodes that deliver to a real PACS, while nodes and the PACS are killed: <c>COD_SURVIVAL_STUDIES</c> and <c>COD_SURVIVAL_KILLS</c> make it as long as wanted.</summary>
public sealed class ReceiverTests(ITestOutputHelper output)
{
    [Trait("Duration", "long")]
    [OrthancAndPostgresFact]
    public async Task Orthanc_has_every_instance_once_and_byte_for_byte_while_nodes_and_itself_are_killed()
    {
        var (studyCount, kills) = (SurvivalSite.Setting("COD_SURVIVAL_STUDIES", 30), SurvivalSite.Setting("COD_SURVIVAL_KILLS", 3));
        using var folder = new TempFolder();
        await using var orthanc = await OrthancServer.StartAsync(folder.Path);
        var link = new TestLink { BytesPerSecond = 8 << 20, BytesPerSecondPerConnection = 1 << 20 };
        await using var site = await SurvivalSite.StartAsync(
            await PostgresServer.StartAsync(), link, studyCount, "--Service:Destinations:pacs:Kind=Stow", $"--Service:Destinations:pacs:Url={orthanc.ServiceUrl}", "--Service:Limits:StudiesPerShard=5");
        try
        {
            for (var node = 0; node < 3; node++)
            {
                site.StartNode();
            }

            var request = await site.RequestAsync("pacs");
            for (var kill = 0; kill < kills; kill++)
            {
                var saved = (await site.RequestAsync(request)).Studies.Saved;
                await SurvivalSite.WaitAsync(async () => await site.RequestAsync(request) is var now && (now.IsEnded || now.Studies.Saved >= saved + 5));
                if (kill % 8 == 1)
                {
                    await orthanc.KillAsync();
                    await orthanc.StartAsync();
                }

                await site.ReplaceAsync(kill % 3);
            }

            await site.EndAsync(request, TimeSpan.FromMinutes(30));
            var expected = site.Studies.SelectMany(study => study.Series).SelectMany(series => series.Instances).ToDictionary(one => one.SopInstanceUid, one => one.Sha256, StringComparer.Ordinal);
            await site.VerifyAsync(request, new SortedDictionary<string, string>(expected, StringComparer.Ordinal), await orthanc.FilesAsync());
            Assert.Equal(expected.Count, await orthanc.CountAsync());
        }
        catch
        {
            output.WriteLine(site.Outputs);
            throw;
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class OrthancAndPostgresFactAttribute : FactAttribute
    {
        public OrthancAndPostgresFactAttribute() => (Timeout, Skip) = (3_600_000, new OrthancFactAttribute().Skip ?? new PostgresFactAttribute().Skip);
    }
}
