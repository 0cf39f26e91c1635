using FellowOakDicom;
using FellowOakDicom.Media;

namespace CodRetrieve.FoDicom;

/// <summary>The records of a DICOMDIR, each made by fo-dicom and put into its place here: fo-dicom looks for the place among all records, one after the other.</summary>
internal sealed class DirectoryTree(DicomDirectory directory, RequiredValues values)
{
    private readonly Dictionary<string, Node> _patients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Node Patient, Node Study)> _studies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _series = new(StringComparer.Ordinal);
    private readonly HashSet<string> _instances = new(StringComparer.Ordinal);
    private Node? _lastPatient;

    /// <summary>The number of instances.</summary>
    public int Count => _instances.Count;

    /// <summary>Adds a file.</summary>
    /// <returns><see langword="false"/> if another file has its SOP Instance UID.</returns>
    public bool TryAdd(DicomFile file, string path, string fileId)
    {
        var dataset = file.Dataset;
        var (study, series, instance) = (Uid(dataset, DicomTag.StudyInstanceUID), Uid(dataset, DicomTag.SeriesInstanceUID), Uid(dataset, DicomTag.SOPInstanceUID));
        if (instance.Length > 0 && !_instances.Add(instance))
        {
            return false;
        }

        var key = $"{study}\0{series}";
        var known = _studies.TryGetValue(study, out var place);
        var inSeries = _series.GetValueOrDefault(key);
        values.Complete(dataset, path, (
            known ? place.Study.Number : _studies.Count + 1,
            inSeries?.Number ?? (known ? place.Study.Children : 0) + 1,
            (inSeries?.Children ?? 0) + 1));

        // One of its own for each file, except for the first: only the first record of the whole cannot be set otherwise.
        var entry = (_lastPatient is null ? directory : new DicomDirectory()).AddFile(file, fileId.Replace('/', '\\'));
        if (!known)
        {
            place = (PatientOf(dataset, entry.PatientRecord), new Node(entry.StudyRecord, _studies.Count + 1));
            place.Patient.Append(place.Study);
            _studies.Add(study, place);
        }

        if (inSeries is null)
        {
            inSeries = new Node(entry.SeriesRecord, place.Study.Children + 1);
            place.Study.Append(inSeries);
            _series.Add(key, inSeries);
        }

        inSeries.Append(new Node(entry.InstanceRecord, inSeries.Children + 1));
        return true;
    }

    // A study stays with the patient of its first instance, however later ones spell the name.
    private Node PatientOf(DicomDataset dataset, DicomDirectoryRecord record)
    {
        var key = string.Join('\0', new[] { DicomTag.PatientID, DicomTag.IssuerOfPatientID, DicomTag.PatientName }.Select(tag => dataset.GetSingleValueOrDefault(tag, "").Trim(' ', '^').ToUpperInvariant()));
        if (!_patients.TryGetValue(key, out var patient))
        {
            patient = new Node(record, _patients.Count + 1);
            _patients.Add(key, patient);
            if (_lastPatient is not null)
            {
                _lastPatient.Record.NextDirectoryRecord = record;
            }

            _lastPatient = patient;
        }

        return patient;
    }

    private static string Uid(DicomDataset dataset, DicomTag tag) => dataset.GetSingleValueOrDefault(tag, "").Trim(' ', '\0');

    private sealed class Node(DicomDirectoryRecord record, int number)
    {
        private Node? _lastChild;

        public DicomDirectoryRecord Record { get; } = record;

        public int Number { get; } = number;

        public int Children { get; private set; }

        public void Append(Node child)
        {
            if (_lastChild is null)
            {
                Record.LowerLevelDirectoryRecord = child.Record;
            }
            else
            {
                _lastChild.Record.NextDirectoryRecord = child.Record;
            }

            _lastChild = child;
            Children++;
        }
    }
}
