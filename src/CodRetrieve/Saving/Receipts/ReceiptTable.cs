namespace CodRetrieve.Saving;

/// <summary>
/// Receipts by the names of their instances. Of a study with very many, a dictionary would copy them all whenever it grows; here that is done with their numbers only.
/// For one caller at a time.
/// </summary>
internal sealed class ReceiptTable
{
    private const int BlockReceipts = 512;

    private readonly Dictionary<UInt128, int> _numbers = [];
    private readonly List<Receipt[]> _blocks = [];
    private readonly Stack<int> _free = new();
    private int _used;

    public int Count => _numbers.Count;

    public IEnumerable<Receipt> All => _numbers.Values.Select(number => At(number));

    public Receipt? Find(UInt128 name) => _numbers.TryGetValue(name, out var number) ? At(number) : null;

    /// <summary>Adds a receipt, or puts it in the place of the one of the same name.</summary>
    public void Set(in Receipt receipt)
    {
        if (!_numbers.TryGetValue(receipt.Name, out var number))
        {
            number = _free.TryPop(out var free) ? free : _used++;
            _numbers.Add(receipt.Name, number);
            if (number == _blocks.Count * BlockReceipts)
            {
                _blocks.Add(new Receipt[BlockReceipts]);
            }
        }

        At(number) = receipt;
    }

    public void Remove(UInt128 name)
    {
        if (_numbers.Remove(name, out var number))
        {
            _free.Push(number);
        }
    }

    public void Clear()
    {
        _numbers.Clear();
        _blocks.Clear();
        _free.Clear();
        _used = 0;
    }

    private ref Receipt At(int number) => ref _blocks[number / BlockReceipts][number % BlockReceipts];
}
