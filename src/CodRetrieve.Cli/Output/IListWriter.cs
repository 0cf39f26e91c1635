namespace CodRetrieve.Cli.Output;

/// <summary>Writes what a store holds, a study after the other.</summary>
internal interface IListWriter
{
    void Write(ListedStudy study);
}
