using CodRetrieve.Storage;

namespace CodRetrieve.Catalog;

/// <summary>The entries of a page, whose objects and folded names are each in order, in one order.</summary>
internal static class PageEntries
{
    /// <returns>The names, with the object where the entry is one.</returns>
    public static IEnumerable<(string Name, ObjectInfo? Item)> Of(ObjectListPage page)
    {
        var folded = 0;
        foreach (var item in page.Items)
        {
            for (; folded < page.Prefixes.Count && ObjectNameOrder.Instance.Compare(page.Prefixes[folded], item.Name) <= 0; folded++)
            {
                yield return (page.Prefixes[folded], null);
            }

            yield return (item.Name, item);
        }

        for (; folded < page.Prefixes.Count; folded++)
        {
            yield return (page.Prefixes[folded], null);
        }
    }
}
