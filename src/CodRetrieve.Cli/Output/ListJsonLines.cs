using CodRetrieve.Cli.Options;

namespace CodRetrieve.Cli.Output;

/// <summary>A listing as an object in JSON per line, since it has no end that could be waited for.</summary>
internal sealed class ListJsonLines(TextWriter output, ListLevel level) : IListWriter
{
    public void Write(ListedStudy study)
    {
        switch (level)
        {
            case ListLevel.Study:
                Json.Write(output, StudyLine.Of(study), ListJson.Default.StudyLine);
                break;
            case ListLevel.Series:
                foreach (var series in study.Series)
                {
                    Json.Write(output, SeriesLine.Of(study.StudyInstanceUid, series), ListJson.Default.SeriesLine);
                }

                break;
            default:
                foreach (var instance in study.Series.SelectMany(static series => series.Instances))
                {
                    Json.Write(output, InstanceLine.Of(instance), ListJson.Default.InstanceLine);
                }

                break;
        }
    }
}
