#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "contracts/preset.h"
#include "engine/builtin_tables.h"
#include "engine/host_component.h"
#include "engine/knob_setting.h"
#include "engine/public_convert.h"
#include "engine/session.h"
#include "engine/settle_config.h"
#include "engine/sinks.h"
#include "media/frame_sampler.h"
#include "planning/decide.h"
#include "reelbatch/session.h"

namespace reelbatch {
namespace {

using engine::PublicError;

Progress PublicProgress(const runtime::Progress& progress) {
  return {.videos_total = progress.videos_total,
          .videos_done = progress.videos_done,
          .videos_failed = progress.videos_failed,
          .videos_in_flight = progress.videos_in_flight,
          .media_s_total = progress.media_s_total,
          .media_s_done = progress.media_s_done,
          .elapsed_s = progress.elapsed_s,
          .eta_s = progress.eta_s};
}

double Ms(base::Nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

BatchInfo PublicBatch(const runtime::BatchReport& report) {
  return {.component = report.key.component,
          .units = static_cast<int>(report.launch.units.size()),
          .videos = report.videos,
          .waited_ms = Ms(report.waited),
          .took_ms = Ms(report.took),
          .why = std::string(planning::BindingName(report.launch.binding)),
          .failure = report.failure
                         ? std::string(contracts::FailureClassName(report.failure->failure))
                         : ""};
}

/// Errors: invalid_argument (names the field).
base::Status CheckNumbers(const SessionOptions& options) {
  const auto wrong = [](const char* field) {
    return base::Fail(base::Code::kInvalidArgument, "must be 0 or more", field);
  };
  if (options.threads < 0) return wrong("SessionOptions::threads");
  if (options.videos_in_flight < 0) return wrong("SessionOptions::videos_in_flight");
  if (options.max_memory_bytes < 0) return wrong("SessionOptions::max_memory_bytes");
  if (options.stall_timeout < std::chrono::milliseconds(0))
    return wrong("SessionOptions::stall_timeout");
  return {};
}

/// The configuration that `options` ask for. Errors: invalid_argument.
base::Result<contracts::RunConfig> ConfigOf(const SessionOptions& options,
                                            const engine::Catalog& catalog) {
  contracts::RunConfig config;
  config.components = options.components;
  if (config.components.empty()) config.components = catalog.UsualNames();
  for (const Component& host : options.host_components) {
    if (std::ranges::find(config.components, host.name) == config.components.end())
      config.components.push_back(host.name);
  }
  if (!options.preset.empty()) {
    config.preset = contracts::PresetNamed(options.preset);
    if (!config.preset) {
      return base::Fail(base::Code::kInvalidArgument, "must be quality, default or fast",
                        "SessionOptions::preset");
    }
  }
  config.sampling.analysis_fps = options.analysis_fps;
  config.sampling.start_s = options.start_s;
  config.sampling.end_s = options.end_s;
  if (auto valid = media::ValidateSampling(config.sampling); !valid)
    return std::unexpected(valid.error());
  for (const auto& [name, value] : options.settings) {
    if (auto set = engine::SetByOption(config, catalog, name, value); !set)
      return std::unexpected(set.error());
  }
  const auto earlier =
      options.folder.empty() ? engine::EarlierRuns::kNone : engine::EarlierRuns::kMayServe;
  if (auto settled = engine::SettleConfig(config, catalog, earlier); !settled)
    return std::unexpected(settled.error());
  return config;
}

}  // namespace

class Session::Impl final : public runtime::RunObserver, public runtime::BatchObserver {
 public:
  explicit Impl(SessionOptions options) : options_(std::move(options)) {}
  ~Impl() override {
    cancel_.Cancel();
    if (session_ != nullptr) session_->Close();
    if (thread_.joinable()) thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Status Start() {
    if (auto checked = CheckNumbers(options_); !checked) return checked;
    engine::Catalog catalog = engine::Catalog::Builtin();
    for (const Component& host : options_.host_components) {
      if (auto added = engine::AddHostComponent(catalog, host); !added) return added;
    }
    auto config = ConfigOf(options_, catalog);
    if (!config) return std::unexpected(config.error());
    engine::SessionRequest request{
        .catalog = std::move(catalog), .config = std::move(*config), .threads = options_.threads};
    request.work.max_memory_bytes = options_.max_memory_bytes;
    request.work.videos_in_flight = options_.videos_in_flight;
    request.work.stall_timeout = options_.stall_timeout;
    request.work.isolation =
        options_.isolate_models ? engine::Isolation::kWorker : engine::Isolation::kNone;
    request.models.folder = options_.models;
    request.models.worker_program = options_.worker;
    auto tables = engine::UsualCostTables();
    if (!tables) return std::unexpected(tables.error());
    request.tables = std::move(*tables);
    if (options_.folder.empty()) {
      request.sink = &sink_;
    } else {
      request.folder = engine::FolderTarget{.path = options_.folder, .command_line = "a session"};
    }
    auto session = engine::Session::Open(std::move(request), clock_, cancel_);
    if (!session) return std::unexpected(session.error());
    session_ = std::move(*session);
    session_->Observe(this, this);
    thread_ = std::thread([this] { Work(); });
    return {};
  }

  Result<int64_t> Submit(const std::vector<std::filesystem::path>& videos) {
    const base::MutexLock lock(submit_mutex_);
    if (closed_) {
      return std::unexpected(Error{.code = ErrorCode::kInvalidArgument,
                                   .message = "the session is closed; open another one"});
    }
    if (cancel_.cancelled() || Ended()) {
      return std::unexpected(Error{.code = ErrorCode::kCancelled,
                                   .message = "the session has ended; open another one"});
    }
    if (videos.empty() || std::ranges::any_of(videos, [](const auto& it) { return it.empty(); })) {
      return std::unexpected(Error{.code = ErrorCode::kInvalidArgument,
                                   .message = "the list of videos is empty, or a path is empty"});
    }
    std::vector<store::SourceInput> inputs;
    for (const std::filesystem::path& video : videos)
      inputs.push_back({.path = video.native(), .relative_path = {}});
    auto first = session_->Submit(inputs);
    if (!first) return std::unexpected(PublicError(first.error()));
    return *first;
  }

  void Close() {
    const base::MutexLock lock(submit_mutex_);
    closed_ = true;
    session_->Close();
  }
  void Cancel() { cancel_.Cancel(); }

  std::optional<VideoResult> Next() {
    base::MutexLock lock(mutex_);
    while (results_.empty() && !report_) changed_.wait(mutex_);
    if (results_.empty()) return std::nullopt;
    VideoResult result = std::move(results_.front());
    results_.pop_front();
    return result;
  }

  bool Ended() {
    const base::MutexLock lock(mutex_);
    return report_.has_value();
  }

  Progress progress() {
    const base::MutexLock lock(mutex_);
    return progress_;
  }

  Result<SessionReport> Wait() {
    Close();
    base::MutexLock lock(mutex_);
    while (!report_) changed_.wait(mutex_);
    return *report_;
  }

  void OnProgress(const runtime::Progress& progress) override {
    const Progress now = PublicProgress(progress);
    {
      const base::MutexLock lock(mutex_);
      progress_ = now;
    }
    Call(options_.on_progress, progress_failed_, now);
  }

  void OnVideoDone(const runtime::Input& input, const contracts::VideoOutcome& outcome) override {
    VideoResult result = engine::PublicResult(
        outcome, options_.keep_arrays ? engine::KeepArrays::kYes : engine::KeepArrays::kNo);
    result.id = input.id;
    result.path = input.path;
    if (options_.on_result) return Call(options_.on_result, results_failed_, std::move(result));
    const base::MutexLock lock(mutex_);
    results_.push_back(std::move(result));
    changed_.notify_all();
  }

  void OnLaunch(const runtime::BatchReport&) override {}
  void OnEnd(const runtime::BatchReport& report) override {
    Call(options_.on_batch, batches_failed_, PublicBatch(report));
  }

 private:
  /// One that throws is not called again; the others are.
  template <class Argument>
  static void Call(const std::function<void(Argument)>& callback, bool& failed,
                   std::remove_cvref_t<Argument> argument) {
    if (!callback || failed) return;
    try {
      callback(std::move(argument));
    } catch (...) {
      failed = true;
    }
  }

  void Work() {
    Result<SessionReport> report = Watched();
    const base::MutexLock lock(mutex_);
    report_ = std::move(report);
    changed_.notify_all();
  }

  /// No exception reaches the host's process.
  Result<SessionReport> Watched() try {
    const engine::SessionReport ended = session_->Watch();
    Result<SessionReport> report =
        SessionReport{.totals = PublicProgress(ended.run.totals),
                      .cancelled = ended.run.end == runtime::RunEnd::kCancelled,
                      .lost_threads = ended.run.lanes_given_up};
    if (ended.run.end == runtime::RunEnd::kSinkFailed)
      report = std::unexpected(PublicError(ended.run.sink_error));
    else if (!ended.folder)
      report = std::unexpected(PublicError(ended.folder.error()));
    else if (!ended.run.observer_error.empty())
      report = std::unexpected(Error{.code = ErrorCode::kOutOfMemory,
                                     .message = "results were lost: " + ended.run.observer_error});
    return report;
  } catch (const std::exception& error) {
    return std::unexpected(
        Error{.code = ErrorCode::kOutOfMemory,
              .message = std::string("the session stopped early: ") + error.what()});
  }

  const SessionOptions options_;
  const base::SystemClock clock_;
  base::CancelToken cancel_;
  engine::NoSink sink_;
  base::Mutex submit_mutex_;  // taken before mutex_
  bool closed_ GUARDED_BY(submit_mutex_) = false;
  base::Mutex mutex_;
  base::ConditionVariable changed_;
  Progress progress_ GUARDED_BY(mutex_);
  std::deque<VideoResult> results_ GUARDED_BY(mutex_);  // that nobody has taken
  std::optional<Result<SessionReport>> report_ GUARDED_BY(mutex_);
  // Each of the one thread at a time that calls it.
  bool progress_failed_ = false;
  bool results_failed_ = false;
  bool batches_failed_ = false;
  std::unique_ptr<engine::Session> session_;
  std::thread thread_;
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::Open(SessionOptions options) try {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto started = impl->Start(); !started) return std::unexpected(PublicError(started.error()));
  return Session(std::move(impl));
} catch (const std::bad_alloc&) {
  return std::unexpected(Error{.code = ErrorCode::kOutOfMemory,
                               .message = "there is not enough memory to open a session"});
} catch (const std::exception& error) {
  return std::unexpected(
      Error{.code = ErrorCode::kUnavailable,
            .message = std::string("cannot start a thread (") + error.what() + ")"});
}

Result<int64_t> Session::Submit(const std::filesystem::path& video) {
  return impl_->Submit({video});
}
Result<int64_t> Session::Submit(const std::vector<std::filesystem::path>& videos) {
  return impl_->Submit(videos);
}
void Session::Close() { impl_->Close(); }
void Session::Cancel() { impl_->Cancel(); }
std::optional<VideoResult> Session::Next() { return impl_->Next(); }
Progress Session::progress() const { return impl_->progress(); }
Result<SessionReport> Session::Wait() { return impl_->Wait(); }

}  // namespace reelbatch
