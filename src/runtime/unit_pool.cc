#include "runtime/unit_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

namespace reelbatch::runtime {

using components::UnitsFrom;

namespace {

/// Means over units, of sums.
void TakeMeans(contracts::BatchingFigures& figures) {
  const auto units = static_cast<double>(std::max<int64_t>(1, figures.units));
  figures.effective_batch_size /= units;
  figures.queue_wait_ms /= units;
}

void AddTo(contracts::BatchingFigures& all, const contracts::BatchingFigures& one) {
  all.units += one.units;
  all.batches += one.batches;
  all.effective_batch_size += one.effective_batch_size;
  all.retries_total += one.retries_total;
  all.oom_retries += one.oom_retries;
  all.queue_wait_ms += one.queue_wait_ms;
  all.batch_peak_mb = std::max(all.batch_peak_mb, one.batch_peak_mb);
}

/// What the definitions of a component's stages must agree on, or its units would never end.
base::Status CheckStages(const std::string& component, const std::vector<const BatchModel*>& models,
                         bool seeks) {
  const auto wrong = [&](std::string message) {
    return base::Fail(base::Code::kContract, std::move(message), component);
  };
  for (size_t k = 0; k < models.size(); ++k) {
    const BatchModel& model = *models[k];
    const auto before = std::span(models).first(k);
    const auto named = [&](const std::string& name) {
      return std::ranges::any_of(before, [&](const auto* it) { return it->stage == name; });
    };
    if (named(model.stage)) return wrong(fmt::format("has two stages '{}'", model.stage));
    if ((model.from == UnitsFrom::kStage) != !model.after.empty()) {
      return wrong(fmt::format(
          "stage '{}' must have both `after` and units from a stage, or neither", model.stage));
    }
    if (!model.after.empty() && !named(model.after)) {
      return wrong(fmt::format("stage '{}' comes after '{}', which is not an earlier stage",
                               model.stage, model.after));
    }
    if (model.from == UnitsFrom::kSeek && !seeks)
      return wrong(fmt::format("stage '{}' needs a second pass, but the component requests none",
                               model.stage));
  }
  return {};
}

}  // namespace

UnitPool::UnitPool(const BatchingOptions& options, planning::Ledger& ledger,
                   const base::Clock& clock)
    : options_(options),
      ledger_(ledger),
      clock_(clock),
      feeds_(ledger),
      limit_(options.unit_bytes),
      batches_(options.devices.size()) {}

base::Result<int> UnitPool::KeyOf(const contracts::BatchKey& key, const BatchModel& model) {
  if (const auto place = keys_.find(key); place != keys_.end()) return place->second;
  auto cost = model.cost(key);
  if (!cost) return std::unexpected(cost.error());
  if (auto checked = planning::CheckBatchCost(*cost, contracts::BatchKeyText(key)); !checked)
    return std::unexpected(checked.error());
  planning::LedgerKey spec{.device = model.device,
                           .model = static_cast<int>(&model - options_.models.data()),
                           .cost = std::move(*cost),
                           .in_order = model.in_order};
  if (model.limit) spec.limit = model.limit(key);
  const int number = ledger_.AddKey(std::move(spec));
  keys_.emplace(key, number);
  models_.push_back(&model);
  key_names_.push_back(key);
  return number;
}

base::Result<VideoUnits> UnitPool::Open(
    UnitReceiver& receiver, int video,
    const std::vector<std::unique_ptr<components::Component>>& components, const Pusher& pusher) {
  VideoUnits opened(components.size());
  VideoUnits& live = videos_[video];
  std::vector<int> keys;
  for (size_t k = 0; k < components.size(); ++k) {
    auto* const staged = dynamic_cast<components::StagedComponent*>(components[k].get());
    if (staged == nullptr) continue;
    auto units = std::make_shared<ComponentUnits>(receiver, video, std::string(staged->name()));
    units->pusher = pusher;
    live.push_back(units);  // at once, so that what is open of it is closed whatever comes
    if (auto of_component = OpenStages(*units, *staged); !of_component)
      return std::unexpected(of_component.error());
    for (const UnitStream& stage : units->stages) keys.push_back(stage.key);
    opened[k] = std::move(units);
  }
  ledger_.SetFeeds(video, keys);
  return opened;
}

base::Status UnitPool::OpenStages(ComponentUnits& units, components::StagedComponent& component) {
  std::vector<const BatchModel*> models;
  for (const BatchModel& model : options_.models) {
    if (model.component == units.component) models.push_back(&model);
  }
  const std::vector<contracts::BatchKey> keys = component.keys();
  if (models.empty() || models.size() != keys.size()) {
    return base::Fail(
        base::Code::kInternal,
        fmt::format("has units of {} stages and models for {}", keys.size(), models.size()),
        units.component);
  }
  const bool seeks = component.seeking() != nullptr;
  if (auto checked = CheckStages(units.component, models, seeks); !checked) return checked;
  for (size_t k = 0; k < keys.size(); ++k) {
    const auto number = KeyOf(KeyWithModel(keys[k], *models[k]), *models[k]);
    if (!number) return std::unexpected(number.error());
    const auto next = next_unit_.find({*number, units.video});
    units.stages.emplace_back(units, *number, next == next_unit_.end() ? 0 : next->second);
    units.stages.back().from = models[k]->from;
    if (ledger_.stopped(*number)) units.fault = stopped_keys_.at(*number);
    streams_[{*number, units.video}] =
        std::shared_ptr<UnitStream>(units.shared_from_this(), &units.stages.back());
    ledger_.Open(*number, units.video);
  }
  if (auto connected = Connect(units, component, models); !connected) return connected;
  if (units.fault) Drop(units);
  return {};
}

base::Status UnitPool::Connect(ComponentUnits& units, components::StagedComponent& component,
                               const std::vector<const BatchModel*>& models) {
  components::UnitSinks sinks;
  for (UnitStream& stage : units.stages) sinks.push_back(&stage);
  component.Bind(sinks);
  for (size_t k = 0; k < models.size(); ++k) {
    UnitStream& stage = units.stages[k];
    if (models[k]->after.empty()) continue;
    const auto before =
        std::find_if(models.begin(), models.begin() + static_cast<std::ptrdiff_t>(k),
                     [&](const auto* it) { return it->stage == models[k]->after; });
    const auto place = static_cast<size_t>(before - models.begin());
    stage.after = &units.stages[place];
    stage.depth = stage.after->depth + 1;
    stage.after->feeds.push_back(&stage);
    ledger_.Link(stage.after->key, stage.key, units.video);
  }
  for (size_t k = 0; k < models.size(); ++k) {
    UnitStream& stage = units.stages[k];
    if (stage.feeds.empty()) continue;
    stage.feeder = component.MakeFeeder(k);
    if (stage.feeder == nullptr) {
      return base::Fail(base::Code::kInternal,
                        fmt::format("no component uses the results of stage {}", models[k]->stage),
                        units.component);
    }
  }
  return {};
}

bool UnitPool::Full(int64_t bytes) const { return bytes_ > 0 && bytes_ + bytes > limit_; }

void UnitPool::Add(UnitStream& stream, components::Bytes data, components::Bytes kept) {
  const int index = stream.first + static_cast<int>(stream.units.size());
  bytes_ += static_cast<int64_t>(data.size() + kept.size());
  stream.units.push_back(std::move(data));
  stream.kept.push_back(std::move(kept));
  stream.outputs.emplace_back();
  stream.back.push_back(false);
  feeds_.AddOpen(stream.depth, 1);
  const base::Nanoseconds now = clock_.Steady();
  stream.came.push_back(now);
  ledger_.AddUnits(stream.key, stream.of.video, index, 1, now);
}

void UnitPool::Close(ComponentUnits& units, UnitsFrom from) {
  if (!units.wanted()) return;
  for (UnitStream& stage : units.stages) {
    if (stage.from != from || stage.closed) continue;
    stage.closed = true;
    ledger_.Close(stage.key, units.video);
  }
  CloseWhatIsDrained(units);
}

/// The ledger closes linked keys by itself.
void UnitPool::CloseWhatIsDrained(ComponentUnits& units) {
  for (UnitStream& stage : units.stages)
    stage.closed = stage.closed || (stage.after != nullptr && stage.after->drained());
}

void UnitPool::SetBlocked(int video, bool blocked) {
  stalls_ += blocked ? 1 : 0;
  blocked_sources_ += blocked ? 1 : -1;
  const auto place = videos_.find(video);
  if (place == videos_.end()) return;
  for (const auto& units : place->second) {
    units->waits = blocked;
    TellBlocked(*units);
  }
}

void UnitPool::SetIdle(int video, bool idle) {
  const auto place = videos_.find(video);
  if (place == videos_.end()) return;
  for (const auto& units : place->second) {
    units->idle = idle;
    TellBlocked(*units);
  }
}

/// A source that waits for room for one of its keys adds to none of the others either. What comes
/// of finished results or of a second pass waits for room, too, although no thread is blocked in a
/// push for it.
void UnitPool::TellBlocked(const ComponentUnits& units) {
  if (!units.wanted()) return;
  for (const UnitStream& stage : units.stages) {
    if (stage.closed || stage.after != nullptr) continue;
    const bool later = stage.from == UnitsFrom::kSeek || stage.from == UnitsFrom::kResults;
    ledger_.SetBlocked(stage.key, units.video, units.waits || (units.idle && later && pressed_));
  }
}

bool UnitPool::TellHeld() {
  const bool pressed = blocked_sources_ > 0 || Full(1);
  if (pressed_ != pressed) {
    pressed_ = pressed;
    for (const auto& [video, components] : videos_) {
      for (const auto& units : components) TellBlocked(*units);
    }
  }
  return feeds_.TellHeld(!Full(1));
}

void UnitPool::Free(UnitStream& stream, size_t place) {
  components::Bytes& data = stream.units[place];
  bytes_ -= static_cast<int64_t>(data.size());
  components::Bytes().swap(data);
}

void UnitPool::FreeKept(UnitStream& stream, size_t place) {
  components::Bytes& kept = stream.kept[place];
  bytes_ -= static_cast<int64_t>(kept.size());
  components::Bytes().swap(kept);
}

void UnitPool::FreeAllButInFlight(ComponentUnits& units) {
  for (UnitStream& stream : units.stages) {
    for (size_t place = 0; place < stream.units.size(); ++place) {
      if (!stream.in_flight.contains(static_cast<int>(place))) Free(stream, place);
      FreeKept(stream, place);
    }
  }
}

/// Nothing of it is wanted any more.
void UnitPool::Drop(ComponentUnits& units) {
  for (UnitStream& stream : units.stages) {
    ledger_.DropVideo(stream.key, units.video);
    ledger_.Close(stream.key, units.video);
    feeds_.AddOpen(stream.depth, -stream.open_units());
    feeds_.Update(stream);
  }
  FreeAllButInFlight(units);
}

void UnitPool::Abandon(int video) {
  const auto place = videos_.find(video);
  if (place == videos_.end()) return;
  const VideoUnits all = place->second;
  for (const auto& units : all) {
    const bool dropped = !units->wanted();
    units->abandoned = true;
    if (!dropped) Drop(*units);
    for (const UnitStream& stage : units->stages)
      next_unit_[{stage.key, video}] = stage.first + static_cast<int>(stage.units.size());
    Forget(*units);
  }
}

EndedUnits UnitPool::TakeEnded(ComponentUnits& units) {
  EndedUnits ended{.fault = units.fault};
  for (UnitStream& stage : units.stages) {
    if (!ended.fault) ended.outputs.push_back(std::move(stage.outputs));
    AddTo(ended.report, stage.report);
    if (units.stages.size() < 2) continue;
    contracts::StageFigures& figures = ended.report.stages.emplace_back();
    figures.stage = key_names_[static_cast<size_t>(stage.key)].stage;
    AddTo(figures, stage.report);
    TakeMeans(figures);
  }
  TakeMeans(ended.report);
  Forget(units);
  return ended;
}

void UnitPool::Forget(const ComponentUnits& units) {
  for (const UnitStream& stage : units.stages) streams_.erase({stage.key, units.video});
  const auto place = videos_.find(units.video);
  if (place == videos_.end()) return;
  std::erase_if(place->second, [&](const auto& it) { return it.get() == &units; });
  if (place->second.empty()) videos_.erase(place);
}

void UnitPool::Await(std::shared_ptr<Video> video) {
  const int rank = RankOf(video->input);
  for (const auto& units : std::get<WaitingForUnits>(video->state).decoded.units) {
    if (units == nullptr) continue;
    units->pusher = {};  // of the pass that has ended
    Close(*units, UnitsFrom::kSource);
  }
  SetIdle(rank, true);
  awaiting_.emplace(rank, std::move(video));
  HandOverIfReady(rank);
}

void UnitPool::HandOverIfReady(int rank) {
  const auto place = awaiting_.find(rank);
  if (place == awaiting_.end()) return;
  DecodedVideo& decoded = std::get<WaitingForUnits>(place->second->state).decoded;
  if (!decoded.CanGoOn()) return;
  const std::shared_ptr<Video> video = std::move(place->second);
  awaiting_.erase(place);
  DecodedVideo whole = std::move(decoded);  // it lies in the state that ends now
  video->state = Concluding{std::move(whole)};
  complete_.push_back(video);
}

}  // namespace reelbatch::runtime
