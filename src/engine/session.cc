#include "engine/session.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/run_setup.h"
#include "engine/sinks.h"
#include "engine/stored_components.h"
#include "engine/this_device.h"
#include "measure/process_memory.h"
#include "store/identity.h"

namespace reelbatch::engine {
namespace {

store::RunEnding EndingOf(runtime::RunEnd end) {
  if (end == runtime::RunEnd::kFinished) return store::RunEnding::kFinished;
  return end == runtime::RunEnd::kCancelled ? store::RunEnding::kInterrupted
                                            : store::RunEnding::kFailed;
}

store::RunMemory MemoryOf(const runtime::RunReport& report, std::optional<double> held_before) {
  constexpr double kMib = 1 << 20;
  store::RunMemory memory{.peak_mb = measure::ReadProcessMemory().peak_mb};
  if (held_before)
    memory.predicted_peak_mb =
        *held_before + static_cast<double>(report.most_bytes_admitted) / kMib;
  return memory;
}

/// 0 where the file cannot be looked at; its probe reports why.
int64_t BytesOf(const std::filesystem::path& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(bytes);
}

}  // namespace

/// Tells the session's own account first, then whoever else observes.
class Session::Observers final : public runtime::RunObserver, public runtime::BatchObserver {
 public:
  explicit Observers(BatchLog& log) : log_(log) {}
  void Set(runtime::RunObserver* run, runtime::BatchObserver* batches) {
    run_ = run;
    batches_ = batches;
  }

  void OnDecode(const runtime::Input& input, int lane, base::Nanoseconds now) override {
    if (run_ != nullptr) run_->OnDecode(input, lane, now);
  }
  void OnStretch(const runtime::LaneStretch& stretch) override {
    if (stretch.work == runtime::LaneStretch::Work::kSecondPass)
      log_.OnSecondPass(runtime::RankOf(stretch.input), stretch.ended - stretch.began);
    if (run_ != nullptr) run_->OnStretch(stretch);
  }
  void OnProgress(const runtime::Progress& progress) override {
    if (run_ != nullptr) run_->OnProgress(progress);
  }
  void OnVideoDone(const runtime::Input& input, const contracts::VideoOutcome& outcome) override {
    if (run_ != nullptr) run_->OnVideoDone(input, outcome);
  }
  void OnLaunch(const runtime::BatchReport& report) override {
    log_.OnLaunch(report);
    if (batches_ != nullptr) batches_->OnLaunch(report);
  }
  void OnEnd(const runtime::BatchReport& report) override {
    log_.OnEnd(report);
    if (batches_ != nullptr) batches_->OnEnd(report);
  }

 private:
  BatchLog& log_;
  runtime::RunObserver* run_ = nullptr;
  runtime::BatchObserver* batches_ = nullptr;
};

Session::Session(SessionRequest request, const base::Clock& clock, const base::CancelToken& cancel)
    : request_(std::move(request)),
      clock_(clock),
      cancel_(cancel),
      began_(clock.Steady()),
      machine_(measure::ReadMachine()),
      models_(std::make_unique<RunModels>(
          request_.models, request_.threads > 0 ? request_.threads : machine_.cores_allowed,
          request_.tables,
          LocalModels{.workers = request_.work.isolation == Isolation::kWorker,
                      .timeout = request_.work.stall_timeout,
                      .lanes = std::max(1, request_.work.executor_lanes)})) {}

Session::~Session() = default;

base::Result<std::unique_ptr<Session>> Session::Open(SessionRequest request,
                                                     const base::Clock& clock,
                                                     const base::CancelToken& cancel) {
  std::unique_ptr<Session> session(new Session(std::move(request), clock, cancel));
  if (auto started = session->Start(); !started) return std::unexpected(started.error());
  return session;
}

base::Status Session::Start() {
  // Models first: without them nothing is begun, and what was done with other ones is done again.
  auto batching =
      SetUpBatching(request_.config, request_.catalog, *models_, request_.work, machine_);
  if (!batching) return std::unexpected(batching.error());
  batching_ = std::move(*batching);
  if (request_.folder) {
    if (auto opened = OpenFolder(); !opened) return opened;
  }
  batches_ = std::make_unique<BatchLog>(folder_.get(), limits_.get(),
                                        [this](int rank) { return VideoId(rank); });
  observers_ = std::make_unique<Observers>(*batches_);
  StartRun();
  return {};
}

base::Status Session::OpenFolder() {
  auto folder = store::OutputFolder::Open(
      {.folder = request_.folder->path,
       .config = request_.config,
       .components = StoredComponents(request_.config, request_.catalog, batching_),
       .outside = OutsideComponents(request_.config, request_.catalog),
       .command_line = request_.folder->command_line,
       .force = request_.folder->force},
      clock_);
  if (!folder) return std::unexpected(folder.error());
  folder_ = std::move(*folder);
  auto learned = folder_->Limits();
  if (!learned) limits_error_ = learned.error();
  limits_ = std::make_unique<LimitBook>(
      *folder_, std::move(learned).value_or(std::vector<contracts::LimitRecord>()), ThisDevice().id,
      clock_.Wall());
  batching_.UseLimits(*limits_);
  return {};
}

void Session::StartRun() {
  options_ = MakeRunOptions(request_.config, request_.work, request_.threads, machine_);
  if (options_.videos_in_flight <= 0) options_.videos_in_flight = options_.threads;
  if (request_.videos > 0) {
    options_.videos_in_flight = static_cast<int>(
        std::min<size_t>(static_cast<size_t>(options_.videos_in_flight), request_.videos));
  }
  options_.batching = batching_.options;
  options_.batching.observer = observers_.get();
  if (folder_ || request_.work.deadline)
    prices_ = std::make_unique<RunPrices>(request_.tables, request_.catalog, request_.config,
                                          options_, request_.videos);
  if (request_.work.deadline) {
    options_.batching.policy.deadline = began_ + *request_.work.deadline;
    options_.expect = [this](const contracts::VideoInfo& info) { return prices_->TimeOf(info); };
  }
  runtime::RunDependencies dependencies = MakeDependencies(request_.config, request_.catalog);
  if (request_.adjust) request_.adjust(dependencies);
  if (folder_)
    folder_sink_ = std::make_unique<FolderSink>(*folder_, *prices_, request_.folder->force);
  run_ = std::make_unique<runtime::ActiveRun>(options_, dependencies,
                                              folder_sink_ ? *folder_sink_ : *request_.sink,
                                              observers_.get(), clock_, cancel_);
}

void Session::Observe(runtime::RunObserver* observer, runtime::BatchObserver* batches) {
  observers_->Set(observer, batches);
}

base::Result<int> Session::Submit(std::span<const store::SourceInput> videos) {
  if (folder_) {
    if (auto registered = Register(videos); !registered) return std::unexpected(registered.error());
  }
  const bool named = folder_ && (request_.names_videos || !batching_.options.models.empty());
  std::vector<runtime::Input> inputs;
  inputs.reserve(videos.size());
  std::vector<std::pair<std::string, size_t>> ids;
  for (const store::SourceInput& video : videos) {
    // Once, and moved: taking a path apart is what costs most here, a hundred thousand times.
    runtime::Input& input = inputs.emplace_back();
    input.path = video.path;
    input.bytes = BytesOf(input.path);
    if (named) ids.emplace_back(folder_->VideoId(input.path).value_or(""), inputs.size() - 1);
  }
  // The order of units inside a batch, which no order of inputs changes.
  std::ranges::stable_sort(ids);
  const base::MutexLock lock(submit_mutex_);
  const int first = submitted_;
  submitted_ += static_cast<int>(inputs.size());
  for (size_t k = 0; k < inputs.size(); ++k) inputs[k].id = first + static_cast<int>(k);
  for (size_t rank = 0; rank < ids.size(); ++rank) {
    inputs[ids[rank].second].rank = first + static_cast<int>(rank);
    video_ids_.push_back(std::move(ids[rank].first));
  }
  run_->Submit(std::move(inputs));
  return first;
}

base::Status Session::Register(std::span<const store::SourceInput> videos) {
  std::error_code error;
  const std::string current = std::filesystem::current_path(error).native();
  std::vector<std::string> paths;
  std::vector<store::SourceInput> normal;
  paths.reserve(videos.size());
  normal.reserve(videos.size());
  for (const store::SourceInput& video : videos) {
    paths.push_back(store::NormalPath(video.path, current));
    normal.push_back({.path = paths.back(), .relative_path = video.relative_path});
  }
  if (auto taken = Take(paths); !taken) return taken;
  auto registered = folder_->Register(normal, cancel_);
  if (!registered) Forget(paths);
  return registered;
}

base::Status Session::Take(std::span<const std::string> paths) {
  size_t taken = 0;
  {
    const base::MutexLock lock(submit_mutex_);
    paths_.reserve(paths_.size() + paths.size());
    while (taken < paths.size() && paths_.insert(paths[taken]).second) ++taken;
  }
  if (taken == paths.size()) return {};
  Forget(paths.first(taken));
  return base::Fail(base::Code::kInvalidArgument,
                    "was already submitted: an output folder keeps one result for each video",
                    paths[taken]);
}

void Session::Forget(std::span<const std::string> paths) {
  const base::MutexLock lock(submit_mutex_);
  for (const std::string& path : paths) paths_.erase(path);
}

std::string Session::VideoId(int rank) const {
  const base::MutexLock lock(submit_mutex_);
  const auto place = static_cast<size_t>(rank);
  return place < video_ids_.size() ? video_ids_[place] : "";
}

SessionReport Session::Watch() {
  const auto held_before = measure::ReadProcessMemory().rss_mb;
  SessionReport report{.run = run_->Watch(), .folder = {}};
  if (!folder_) return report;
  // Where nothing was submitted, run.json tells of no video rather than of those of an earlier run.
  const base::CancelToken never;
  auto none = folder_->Register(std::span<const store::SourceInput>(), never);
  batches_->KeepLimits();
  report.folder = none ? batches_->status() : std::move(none);
  auto finished = folder_->FinishRun(EndingOf(report.run.end), MemoryOf(report.run, held_before));
  if (report.folder) report.folder = std::move(finished);
  return report;
}

void Session::Abandon(store::RunEnding ending) {
  if (!folder_) return;
  const std::string_view word = ending == store::RunEnding::kInterrupted ? "interrupted" : "failed";
  (void)folder_->Note("run_finished", {{"run_id", folder_->run_id()}, {"ending", word}});
}

}  // namespace reelbatch::engine
