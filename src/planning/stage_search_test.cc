// Every order in which things can happen on tiny graphs of stages: units come from sources and from
// results, batches end or fail, videos begin and come back for a second pass. Time stands still, so
// nothing may wait for max_queue_delay: where nothing can happen, all must have ended.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "planning/ledger.h"

namespace reelbatch::planning {
namespace {

using contracts::FailureClass;
using contracts::UnitId;

constexpr base::Nanoseconds kSearchNow{0};

/// One key. Its units come from the source, from results of `from`, or when all of `needs` is done.
struct Stage {
  int from = -1;
  std::vector<int> gives = {1};  // units of a result of `from`: by its index, over and over
  std::vector<int> needs = {};
  bool seeks = false;  // with `needs`: in a second pass
  int units = 0;       // without `from`
};

struct Graph {
  std::vector<Stage> stages;
  int videos = 1;
  int bound = 1;  // units that wait or run, and results that wait, at which sources wait
  int batch = 2;
  int cores = 1;            // videos in a pass at a time
  int lanes = 1;            // batches
  bool runs_out = false;    // every batch may run out of memory
  int runs_out_stage = -1;  // only those of this stage; -1: all
  bool bad_input = false;   // every batch of one unit may fail because of it
  bool greedy = false;  // units and results come as soon as they can: only batches end in any order
};

enum class State : char { kWaiting = 'w', kInFlight = 'f', kDone = 'd', kLost = 'l' };

struct Progress {
  std::vector<State> units = {};
  int taken = 0;
  bool closed = false;
  bool told = false;  // those that need it know that it is complete
  bool failed = false;
  bool complete() const {
    return failed ||
           (closed && std::ranges::all_of(units, [](State unit) { return unit == State::kDone; }));
  }
};

struct Video {
  bool decoding = false;
  bool asked = true;  // it waits for a lane
  int pass = -1;      // the stage whose second pass it is in
  int pushed = 0;     // in this pass
  std::deque<int> passes = {};
  std::vector<Progress> of = {};  // by stage
};

struct Event {
  enum class Kind : uint8_t { kPush, kTakeOn, kSucceed, kRunOut, kBadInput } kind = Kind::kPush;
  int video = 0;
  int stage = 0;
  int64_t batch = 0;
};

/// One run of a graph, up to some event.
class Play {
 public:
  explicit Play(const Graph& graph)
      : graph_(&graph),
        ledger_({.backoff = base::Nanoseconds(0), .learns_limits = false},
                {{.total_mb = 8192, .lanes = graph.lanes}}, {.cores = graph.cores}),
        retries_(graph.stages.size()),
        queues_(graph.stages.size()) {
    std::vector<int> keys;
    for (size_t k = 0; k < graph.stages.size(); ++k) {
      keys.push_back(ledger_.AddKey(
          {.cost = {
               .max_batch = graph.batch, .fixed_ms = 10, .ms_per_unit = 1, .mb_per_unit = 10}}));
    }
    const int feeds = ledger_.AddFeeds(keys);
    videos_.resize(static_cast<size_t>(graph.videos));
    for (int v = 0; v < graph.videos; ++v) {
      videos_[static_cast<size_t>(v)].of.resize(graph.stages.size());
      ledger_.AddVideo({.video = v, .ms = 1, .feeds = feeds});
    }
    Settle();
  }

  const std::string& wrong() const { return wrong_; }
  const std::vector<LaunchBatch>& flights() const { return flights_; }

  std::vector<Event> Events() const {
    std::vector<Event> events;
    for (int v = 0; v < graph_->videos; ++v) {
      if (IsInPass(v) && MayPush(v)) events.push_back({.kind = Event::Kind::kPush, .video = v});
    }
    if (const auto ready = Ready(); ready && MayTakeOn(ready->second)) {
      events.push_back(
          {.kind = Event::Kind::kTakeOn, .video = ready->first, .stage = ready->second});
    }
    if (graph_->greedy && !events.empty()) return {events.front()};
    for (const LaunchBatch& flight : flights_) {
      events.push_back({.kind = Event::Kind::kSucceed, .batch = flight.id});
      if (graph_->runs_out && (graph_->runs_out_stage < 0 || graph_->runs_out_stage == flight.key))
        events.push_back({.kind = Event::Kind::kRunOut, .batch = flight.id});
      if (graph_->bad_input && flight.units.size() == 1)
        events.push_back({.kind = Event::Kind::kBadInput, .batch = flight.id});
    }
    return events;
  }

  void Do(const Event& event) {
    switch (event.kind) {
      case Event::Kind::kPush:
        Push(event.video);
        break;
      case Event::Kind::kTakeOn:
        TakeOn(event.video, event.stage);
        break;
      case Event::Kind::kSucceed:
        Succeed(Land(event.batch));
        break;
      case Event::Kind::kRunOut:
        Fail(Land(event.batch), FailureClass::kCapacity);
        break;
      case Event::Kind::kBadInput:
        Fail(Land(event.batch), FailureClass::kInput);
        break;
    }
    Settle();
  }

  /// All that decides what can still happen.
  std::string Key() const {
    std::string key;
    for (const Video& video : videos_) {
      key += fmt::format("v{}{}{}.{}p{}:", video.decoding ? 1 : 0, video.asked ? 1 : 0, video.pass,
                         video.pushed, fmt::join(video.passes, ","));
      for (const Progress& of : video.of) {
        for (const State unit : of.units) key += static_cast<char>(unit);
        key += fmt::format("t{}{}{}{};", of.taken, of.closed ? 1 : 0, of.told ? 1 : 0,
                           of.failed ? 1 : 0);
      }
    }
    for (size_t k = 0; k < queues_.size(); ++k) {
      key += ledger_.stopped(static_cast<int>(k)) ? "|s" : "|";
      for (const UnitId unit : queues_[k]) key += fmt::format("{}.{},", unit.video, unit.index);
      for (const RetryPiece& piece : retries_[k]) key += Text('r', piece.attempt, piece.units);
    }
    for (const LaunchBatch& flight : flights_)
      key += Text(static_cast<char>('A' + flight.key), flight.attempt, flight.units);
    return key;
  }

  /// What must hold where nothing can happen any more.
  void CheckEnd() {
    if (!ledger_.finished()) return Wrong("stands still with work left");
    for (size_t v = 0; v < videos_.size(); ++v) {
      for (size_t k = 0; k < graph_->stages.size(); ++k) {
        const Progress& of = videos_[v].of[k];
        if (!of.complete()) Wrong(fmt::format("video {} has not ended stage {}", v, k));
        if (of.failed) continue;
        const int units = UnitsOf(static_cast<int>(k));
        if (std::cmp_not_equal(of.units.size(), units))
          Wrong(
              fmt::format("video {}: {} units of stage {}, not {}", v, of.units.size(), k, units));
      }
    }
    for (int key = 0; std::cmp_less(key, graph_->stages.size()); ++key) {
      const UnitCounts counts = ledger_.Counts(key);
      if (counts.done + counts.failed + counts.dropped != counts.added)
        Wrong(fmt::format("units of key {} are missing", key));
    }
  }

 private:
  static std::string Text(char kind, int attempt, const std::vector<UnitId>& units) {
    std::string text = fmt::format("{}{}", kind, attempt);
    for (const UnitId unit : units) text += fmt::format(":{}.{}", unit.video, unit.index);
    return text;
  }
  void Wrong(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
  }
  Progress& At(int video, int stage) {
    return videos_[static_cast<size_t>(video)].of[static_cast<size_t>(stage)];
  }
  const Stage& StageAt(int stage) const { return graph_->stages[static_cast<size_t>(stage)]; }
  int stages() const { return static_cast<int>(graph_->stages.size()); }
  bool IsOfSource(int stage) const {
    return StageAt(stage).from < 0 && StageAt(stage).needs.empty();
  }
  bool Feeds(int stage) const {
    return std::ranges::find(graph_->stages, stage, &Stage::from) != graph_->stages.end();
  }
  int Depth(int stage) const {
    const Stage& of = StageAt(stage);
    int depth = of.from < 0 ? 0 : Depth(of.from) + 1;
    for (const int need : of.needs) depth = std::max(depth, Depth(need) + 1);
    return depth;
  }
  int Gives(int stage, int index) const {
    const std::vector<int>& gives = StageAt(stage).gives;
    return gives[static_cast<size_t>(index) % gives.size()];
  }
  /// With nothing failed.
  int UnitsOf(int stage) const {
    if (StageAt(stage).from < 0) return StageAt(stage).units;
    int units = 0;
    for (int index = UnitsOf(StageAt(stage).from); index > 0; --index)
      units += Gives(stage, index - 1);
    return units;
  }

  /// Units that wait or run, and results that wait to be taken on.
  int Pool() const {
    int pool = 0;
    for (const Video& video : videos_) {
      for (int k = 0; k < stages(); ++k) {
        const Progress& of = video.of[static_cast<size_t>(k)];
        for (size_t unit = 0; unit < of.units.size(); ++unit) {
          const State state = of.units[unit];
          const bool waits = state == State::kDone && Feeds(k) && !of.failed &&
                             std::cmp_greater_equal(unit, of.taken);
          pool += state == State::kWaiting || state == State::kInFlight || waits ? 1 : 0;
        }
      }
    }
    return pool;
  }
  bool HasLaterThan(int stage) const {
    for (const Video& video : videos_) {
      for (int k = 0; k < stages(); ++k) {
        if (Depth(k) > Depth(stage) &&
            std::ranges::any_of(video.of[static_cast<size_t>(k)].units, [](State unit) {
              return unit == State::kWaiting || unit == State::kInFlight;
            }))
          return true;
      }
    }
    return false;
  }

  bool IsInPass(int video) const {
    const Video& of = videos_[static_cast<size_t>(video)];
    return of.decoding || of.pass >= 0;
  }
  std::vector<int> Emitted(int video) const {
    std::vector<int> emitted;
    const Video& of = videos_[static_cast<size_t>(video)];
    for (int k = 0; k < stages(); ++k) {
      if (of.pass >= 0 ? of.pass == k : IsOfSource(k)) emitted.push_back(k);
    }
    return emitted;
  }
  bool MayPush(int video) const {
    int units = 0;
    for (const int k : Emitted(video))
      units += videos_[static_cast<size_t>(video)].pushed < StageAt(k).units ? 1 : 0;
    const int pool = Pool();
    return pool == 0 || units == 0 || pool + units <= graph_->bound;
  }

  void Add(int video, int stage, int count) {
    Progress& of = At(video, stage);
    if (of.failed || count == 0) return;
    const auto first = static_cast<int>(of.units.size());
    ledger_.AddUnits(stage, video, first, count, kSearchNow);
    for (int unit = first; unit < first + count; ++unit) {
      of.units.push_back(State::kWaiting);
      queues_[static_cast<size_t>(stage)].push_back({video, unit});
    }
  }

  /// The next unit of every stage that the pass gives units of; with the last ones it ends.
  void Push(int video) {
    Video& of = videos_[static_cast<size_t>(video)];
    const std::vector<int> emitted = Emitted(video);
    int most = 0;
    for (const int k : emitted) {
      if (of.pushed < StageAt(k).units) Add(video, k, 1);
      most = std::max(most, StageAt(k).units);
    }
    if (++of.pushed < most) return;
    of.decoding = false;
    of.pass = -1;
    ledger_.VideoEnded(video);
    for (const int k : emitted) {
      At(video, k).closed = true;
      ledger_.Close(k, video);
    }
    for (const int k : emitted) EndIfComplete(video, k);
    NextPass(video);
  }

  /// The deepest result that can be taken on, by video and stage.
  std::optional<std::pair<int, int>> Ready() const {
    std::optional<std::pair<int, int>> best;
    for (int v = 0; v < graph_->videos; ++v) {
      for (int k = 0; k < stages(); ++k) {
        const Progress& of = videos_[static_cast<size_t>(v)].of[static_cast<size_t>(k)];
        const bool ready = Feeds(k) && !of.failed && std::cmp_less(of.taken, of.units.size()) &&
                           of.units[static_cast<size_t>(of.taken)] == State::kDone;
        if (ready && (!best || Depth(k) > Depth(best->second))) best = std::pair(v, k);
      }
    }
    return best;
  }
  bool MayTakeOn(int stage) const { return Pool() < graph_->bound || !HasLaterThan(stage); }

  void TakeOn(int video, int stage) {
    Progress& of = At(video, stage);
    for (int k = 0; k < stages(); ++k) {
      if (StageAt(k).from == stage) Add(video, k, Gives(k, of.taken));
    }
    ++of.taken;
    ledger_.TakenOn(stage, video, 1);
    EndIfComplete(video, stage);
  }

  LaunchBatch Land(int64_t id) {
    const auto place = std::ranges::find(flights_, id, &LaunchBatch::id);
    LaunchBatch flight = std::move(*place);
    flights_.erase(place);
    return flight;
  }

  void Succeed(const LaunchBatch& batch) {
    ledger_.Succeeded(batch.id);
    for (const UnitId unit : batch.units) {
      Progress& of = At(unit.video, batch.key);
      of.units[static_cast<size_t>(unit.index)] = State::kDone;
      if (!Feeds(batch.key)) {
        ++of.taken;
        ledger_.TakenOn(batch.key, unit.video, 1);
      }
      EndIfComplete(unit.video, batch.key);
    }
  }

  void Fail(const LaunchBatch& batch, FailureClass failure) {
    const AfterFailure after =
        ledger_.Failed(batch.id, {.failure = failure, .evidence = ""}, kSearchNow, kSearchNow);
    for (const RetryPiece& piece : after.pieces)
      retries_[static_cast<size_t>(batch.key)].push_back(piece);
    for (const UnitId unit : batch.units) {
      Progress& of = At(unit.video, batch.key);
      of.units[static_cast<size_t>(unit.index)] =
          after.pieces.empty() ? State::kLost : State::kWaiting;
      if (after.pieces.empty() || of.failed) FailStage(unit.video, batch.key);
    }
    if (!after.key_stopped) return;
    for (int v = 0; v < graph_->videos; ++v) FailStage(v, batch.key);
  }

  void FailStage(int video, int stage) {
    Progress& of = At(video, stage);
    of.failed = true;
    for (State& unit : of.units) {
      if (unit == State::kWaiting) unit = State::kLost;
    }
    ledger_.DropVideo(stage, video);
    ledger_.Close(stage, video);
    const auto gone = [&](UnitId unit) { return unit.video == video; };
    std::erase_if(queues_[static_cast<size_t>(stage)], gone);
    auto& retries = retries_[static_cast<size_t>(stage)];
    for (RetryPiece& piece : retries) std::erase_if(piece.units, gone);
    std::erase_if(retries, [](const RetryPiece& piece) { return piece.units.empty(); });
    for (int k = 0; k < stages(); ++k) {
      const std::vector<int>& needs = StageAt(k).needs;
      const bool depends =
          StageAt(k).from == stage || std::ranges::find(needs, stage) != needs.end();
      if (depends && !At(video, k).failed) FailStage(video, k);
    }
  }

  void EndIfComplete(int video, int stage) {
    Progress& of = At(video, stage);
    if (of.failed || !of.complete()) return;
    if (!std::exchange(of.told, true)) {
      for (int k = 0; k < stages(); ++k) {
        const std::vector<int>& needs = StageAt(k).needs;
        if (std::ranges::find(needs, stage) != needs.end()) BeginIfReady(video, k);
      }
    }
    if (std::cmp_less(of.taken, of.units.size())) return;
    for (int k = 0; k < stages(); ++k) {
      if (StageAt(k).from == stage && !std::exchange(At(video, k).closed, true))
        EndIfComplete(video, k);
    }
  }

  void BeginIfReady(int video, int stage) {
    Progress& of = At(video, stage);
    const bool ready =
        std::ranges::all_of(StageAt(stage).needs, [&](int need) { return At(video, need).told; });
    if (!ready || of.failed || of.closed) return;
    if (StageAt(stage).seeks) {
      videos_[static_cast<size_t>(video)].passes.push_back(stage);
      ledger_.SetBlocked(stage, video, true);
      return NextPass(video);
    }
    of.closed = true;
    Add(video, stage, StageAt(stage).units);
    ledger_.Close(stage, video);
    EndIfComplete(video, stage);
  }

  void NextPass(int video) {
    Video& of = videos_[static_cast<size_t>(video)];
    if (IsInPass(video) || of.asked || of.passes.empty()) return;
    of.asked = true;
    ledger_.AddVideo({.video = video, .ms = 1, .second_pass = true});
  }

  void Begin(int video) {
    Video& of = videos_[static_cast<size_t>(video)];
    of.asked = false;
    of.pushed = 0;
    if (!of.passes.empty()) {
      of.pass = of.passes.front();
      of.passes.pop_front();
      return;
    }
    of.decoding = true;
    for (int k = 0; k < stages(); ++k) {
      if (StageAt(k).from >= 0) ledger_.Link(StageAt(k).from, k, video);
      for (const int need : StageAt(k).needs) ledger_.LinkToEnd(need, k, video);
      if (ledger_.stopped(k)) FailStage(video, k);
    }
  }

  /// Tells the ledger what waits for room, and lets it launch what can leave.
  void Settle() {
    for (bool again = true; again;) {
      again = false;
      TellWhatWaits();
      for (const Decision& decision : ledger_.Decide(kSearchNow)) {
        if (const auto* const video = std::get_if<LaunchVideo>(&decision)) Begin(video->video);
        if (const auto* const batch = std::get_if<LaunchBatch>(&decision)) Launch(*batch);
        again = again || std::holds_alternative<LaunchVideo>(decision);
      }
    }
    if (std::string audit = ledger_.Audit(); !audit.empty()) Wrong(std::move(audit));
  }

  void TellWhatWaits() {
    const auto ready = Ready();
    for (int v = 0; v < graph_->videos; ++v) {
      const bool in_second = videos_[static_cast<size_t>(v)].pass >= 0;
      for (int k = 0; k < stages(); ++k) {
        Progress& of = At(v, k);
        if (IsInPass(v) && StageAt(k).from < 0 &&
            (!in_second || videos_[static_cast<size_t>(v)].pass == k))
          ledger_.SetBlocked(k, v, !MayPush(v));
        if (!Feeds(k) || of.failed) continue;
        const auto waiting = std::count(of.units.begin() + of.taken, of.units.end(), State::kDone);
        const bool held = std::cmp_less(of.taken, of.units.size()) &&
                          of.units[static_cast<size_t>(of.taken)] == State::kDone && ready &&
                          !MayTakeOn(ready->second);
        ledger_.SetHeld(k, v, held ? waiting : 0);
      }
    }
  }

  void Launch(const LaunchBatch& batch) {
    if (batch.attempt > 1) {
      retries_[static_cast<size_t>(batch.key)].pop_front();
    } else {
      auto& queue = queues_[static_cast<size_t>(batch.key)];
      for (const UnitId unit : batch.units) std::erase(queue, unit);
    }
    for (const UnitId unit : batch.units) {
      State& state = At(unit.video, batch.key).units[static_cast<size_t>(unit.index)];
      if (state != State::kWaiting) Wrong("a unit runs twice, or though its video failed");
      state = State::kInFlight;
    }
    flights_.push_back(batch);
  }

  const Graph* graph_;
  Ledger ledger_;
  std::vector<Video> videos_;
  std::vector<LaunchBatch> flights_;
  std::vector<std::deque<RetryPiece>> retries_;  // by stage, as the ledger has them
  std::vector<std::vector<UnitId>> queues_;      // the same of units that did not run
  std::string wrong_;
};

/// What became of a search: how many states there are, and the first that may not be, with the way
/// to it.
struct Found {
  size_t states = 0;
  size_t ends = 0;
  std::map<int, size_t> largest;  // batch, by stage
  std::string wrong;
};

void Search(const Play& play, std::vector<std::string>& way, std::unordered_set<std::string>& seen,
            Found& found) {
  if (!found.wrong.empty()) return;
  if (!seen.insert(play.Key()).second) return;
  ++found.states;
  for (const LaunchBatch& flight : play.flights())
    found.largest[flight.key] = std::max(found.largest[flight.key], flight.units.size());
  const std::vector<Event> events = play.Events();
  Play ended = play;
  if (events.empty()) {
    ++found.ends;
    ended.CheckEnd();
  }
  if (!ended.wrong().empty())
    found.wrong = fmt::format("{} after {}; {}", ended.wrong(), fmt::join(way, " "), play.Key());
  for (const Event& event : events) {
    Play next = play;
    next.Do(event);
    way.push_back(fmt::format("{}:{}.{}.{}", static_cast<int>(event.kind), event.video, event.stage,
                              event.batch));
    Search(next, way, seen, found);
    way.pop_back();
  }
}

Found SearchAll(const Graph& graph) {
  Found found;
  std::vector<std::string> way;
  std::unordered_set<std::string> seen;
  Search(Play(graph), way, seen, found);
  return found;
}

/// Plays the graph with little and with more room, one and two videos, one and two lanes. Returns
/// how many states there were.
size_t ExpectAllEnd(Graph graph) {
  size_t states = 0;
  for (int variant = 0; variant < 24; ++variant) {
    graph.videos = 1 + variant % 2;
    graph.cores = 1 + variant / 2 % 2;
    graph.bound = 1 + variant / 4 % 3;
    graph.lanes = graph.batch = 1 + variant / 12;
    const Found found = SearchAll(graph);
    EXPECT_EQ(found.wrong, "") << "variant " << variant;
    EXPECT_GE(found.ends, 1U) << "variant " << variant;
    states += found.states;
  }
  return states;
}

const std::vector<Stage> kChain{
    {.units = 3}, {.from = 0, .gives = {2, 0, 1}}, {.from = 1, .gives = {1, 2}}};

TEST(StageSearch, RoomForOneFrameOneLaneAndThreeStages) {
  for (const int batch : {1, 2, 8}) {
    for (const int videos : {1, 2, 3}) {
      const Found found =
          SearchAll({.stages = kChain, .videos = videos, .bound = 1, .batch = batch});
      EXPECT_EQ(found.wrong, "");
      EXPECT_GE(found.states, 15U * static_cast<size_t>(videos));
    }
  }
}

TEST(StageSearch, AChainOfThree) { EXPECT_GT(ExpectAllEnd({.stages = kChain}), 3000U); }

TEST(StageSearch, AFanOut) {
  EXPECT_GT(ExpectAllEnd({.stages = {{.units = 3},
                                     {.from = 0, .gives = {1, 2}},
                                     {.from = 0, .gives = {0, 1, 2}}}}),
            3000U);
}

TEST(StageSearch, ADiamondThroughWhatNeedsBoth) {
  EXPECT_GT(ExpectAllEnd({.stages = {{.units = 3},
                                     {.from = 0, .gives = {1}},
                                     {.from = 0, .gives = {0, 2}},
                                     {.needs = {1, 2}, .units = 2}}}),
            3000U);
}

TEST(StageSearch, ASecondPassAndStagesBehindIt) {
  EXPECT_GT(ExpectAllEnd({.stages = {{.units = 2},
                                     {.from = 0, .gives = {2}},
                                     {.needs = {1}, .seeks = true, .units = 3},
                                     {.from = 2, .gives = {1, 0}}}}),
            3000U);
}

TEST(StageSearch, TwoSecondPassesOfOneVideo) {
  EXPECT_GT(ExpectAllEnd({.stages = {{.units = 1},
                                     {.needs = {0}, .seeks = true, .units = 1},
                                     {.needs = {0}, .seeks = true, .units = 2},
                                     {.needs = {1, 2}, .units = 1}}}),
            1000U);
}

TEST(StageSearch, NothingIsFound) {
  EXPECT_GT(ExpectAllEnd({.stages = {{.units = 2},
                                     {.from = 0, .gives = {0}},
                                     {.from = 1, .gives = {3}},
                                     {.needs = {2}, .units = 1}}}),
            500U);
}

TEST(StageSearch, AnyBatchMayRunOutOfMemory) {
  EXPECT_GT(ExpectAllEnd({.stages = {{.units = 2}, {.from = 0, .gives = {1, 2}}, {.from = 1}},
                          .runs_out = true}),
            20000U);
}

TEST(StageSearch, AnyUnitMayBeBad) {
  EXPECT_GT(ExpectAllEnd({.stages = {{.units = 2},
                                     {.from = 0, .gives = {1, 2}},
                                     {.needs = {1}, .seeks = true, .units = 1}},
                          .bad_input = true}),
            5000U);
}

TEST(StageSearch, EveryPatternOfMemoryRunningOutInEveryStage) {
  for (int stage = 0; stage < 3; ++stage) {
    for (int units = 1; units <= 8; ++units) {
      const Found found = SearchAll({.stages = {{.units = units}, {.from = 0}, {.from = 1}},
                                     .bound = 100,
                                     .batch = 8,
                                     .runs_out = true,
                                     .runs_out_stage = stage,
                                     .greedy = true});
      EXPECT_EQ(found.wrong, "") << units << " units, stage " << stage;
      EXPECT_GE(found.ends, 2U) << "all done, or the key stopped";
      for (int key = 0; key < 3; ++key)
        EXPECT_EQ(found.largest.at(key), static_cast<size_t>(units)) << "stage " << key;
    }
  }
}

}  // namespace
}  // namespace reelbatch::planning
