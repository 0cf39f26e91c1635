using CodRetrieve.Service.Configuration;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Demonstration;

/// <summary>Offers the demonstration store, and two destinations in the data directory, where the settings name no store.</summary>
internal sealed class DemonstrationSettings : IPostConfigureOptions<ServiceOptions>
{
    public void PostConfigure(string? name, ServiceOptions options)
    {
        if (options.Stores.Count > 0)
        {
            return;
        }

        var directory = Path.GetFullPath(options.DataDirectory);
        options.Stores.Add(DemonstrationStore.Name, new StoreOptions { Url = new Uri(Path.Combine(directory, "demonstration", "demo")).AbsoluteUri });
        options.Destinations.TryAdd("folder", new DestinationOptions { Kind = DestinationKind.Folder, Directory = Path.Combine(directory, "folder") });
        options.Destinations.TryAdd("zip", new DestinationOptions { Kind = DestinationKind.Zip, Directory = Path.Combine(directory, "zip") });
    }
}
