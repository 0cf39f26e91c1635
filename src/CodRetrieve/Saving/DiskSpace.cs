namespace CodRetrieve.Saving;

/// <summary>Finds the disk behind a save handler.</summary>
internal static class DiskSpace
{
    /// <summary>Returns the space of the innermost handler; <see langword="null"/> where that does not know it.</summary>
    public static IDiskSpace? Of(ISaveHandler handler)
    {
        while (handler is DelegatingSaveHandler decorated)
        {
            handler = decorated.InnerHandler;
        }

        return handler as IDiskSpace;
    }
}
