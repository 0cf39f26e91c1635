namespace CodRetrieve.Saving;

/// <summary>Finds the save handler behind those that hand their calls on.</summary>
internal static class InnermostHandler
{
    public static ISaveHandler Of(ISaveHandler handler)
    {
        while (handler is DelegatingSaveHandler decorated)
        {
            handler = decorated.InnerHandler;
        }

        return handler;
    }
}
