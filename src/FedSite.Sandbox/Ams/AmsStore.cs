namespace FedSite.Sandbox.Ams;

/// <summary>Topics and the place of each subscription in its topic.</summary>
internal sealed class AmsStore(AmsSandboxOptions options)
{
    private readonly Lock _change = new();
    private readonly List<DeliveredMessage> _all = [];
    private readonly Dictionary<string, List<DeliveredMessage>> _topics = options.Topics.ToDictionary(
        topic => topic,
        _ => new List<DeliveredMessage>(),
        StringComparer.Ordinal
    );
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);

    public IReadOnlyList<DeliveredMessage> All()
    {
        lock (_change)
        {
            return [.. _all];
        }
    }

    public bool HasTopic(string topic) => _topics.ContainsKey(topic);

    public long Append(string topic, string? empaId, ReadOnlyMemory<byte> data)
    {
        lock (_change)
        {
            var log = _topics[topic];
            var message = new DeliveredMessage(log.Count, topic, empaId, data, options.TimeProvider.GetUtcNow());
            log.Add(message);
            _all.Add(message);
            return message.Id;
        }
    }

    /// <summary>False: it exists.</summary>
    public bool Subscribe(string subscription, string topic)
    {
        lock (_change)
        {
            return _subscriptions.TryAdd(subscription, new Subscription(topic) { Current = _topics[topic].Count });
        }
    }

    /// <summary>Null: no such subscription.</summary>
    public (string Topic, long Current, long Max)? Offsets(string subscription)
    {
        lock (_change)
        {
            return _subscriptions.TryGetValue(subscription, out var found)
                ? (found.Topic, found.Current, _topics[found.Topic].Count)
                : null;
        }
    }

    /// <summary>Gives the same messages until they are acknowledged.</summary>
    public IReadOnlyList<DeliveredMessage> Pull(string subscription, int most)
    {
        lock (_change)
        {
            var found = _subscriptions[subscription];
            List<DeliveredMessage> messages = [.. _topics[found.Topic].Skip((int)found.Current).Take(most)];
            found.Pulled = found.Current + messages.Count;
            return messages;
        }
    }

    /// <summary>Moves the subscription behind <paramref name="id"/>; false: it was not pulled.</summary>
    public bool Acknowledge(string subscription, long id)
    {
        lock (_change)
        {
            var found = _subscriptions[subscription];
            if (id < found.Current || id >= found.Pulled)
            {
                return false;
            }

            found.Current = id + 1;
            return true;
        }
    }

    private sealed class Subscription(string topic)
    {
        public string Topic => topic;
        public long Current { get; set; }
        public long Pulled { get; set; }
    }
}
