#include "store/trace_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <type_traits>
#include <utility>

#include "base/json_text.h"

namespace reelbatch::store {

using base::Json;

namespace {

constexpr size_t kBufferBytes = size_t{256} << 10;
constexpr std::string_view kTail = "\n]}\n";

std::string Quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

/// Nanoseconds as the format's microseconds, exactly.
std::string Micros(base::Nanoseconds time) {
  constexpr int64_t kNanosPerMicro = 1000;
  const int64_t ns = std::max<int64_t>(time.count(), 0);
  return fmt::format("{}.{:03}", ns / kNanosPerMicro, ns % kNanosPerMicro);
}

std::string Number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

std::string Value(const std::variant<std::string, int64_t, double>& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) return Quoted(held);
        if constexpr (std::is_same_v<Held, int64_t>) return fmt::format("{}", held);
        if constexpr (std::is_same_v<Held, double>) return Number(held);
      },
      value);
}

/// Up to the closing brace of the event. Names come last: some readers look for "ts" only as far as
/// the first escape they do not know.
std::string NameAndArguments(const std::string& name,
                             const std::vector<contracts::TraceArgument>& arguments) {
  std::string text = fmt::format("\"name\":{}", Quoted(name));
  const char* before = ",\"args\":{";
  for (const contracts::TraceArgument& argument : arguments) {
    text += fmt::format("{}{}:{}", before, Quoted(argument.name), Value(argument.value));
    before = ",";
  }
  return text + (arguments.empty() ? "}" : "}}");
}

std::string NumbersOf(contracts::TraceTrackId track) {
  return fmt::format("\"pid\":{},\"tid\":{}", track.group, track.track);
}

/// A name for people and the place among its like. Viewers that know no sort index go by the
/// number, which grows alike.
std::string Heading(std::string_view kind, const std::string& place, int32_t number,
                    const std::string& name) {
  return fmt::format(
      "{{\"ph\":\"M\",{0},\"name\":\"{1}_name\",\"args\":{{\"name\":{2}}}}},\n"
      "{{\"ph\":\"M\",{0},\"name\":\"{1}_sort_index\",\"args\":{{\"sort_index\":{3}}}}}",
      place, kind, Quoted(name), number);
}

}  // namespace

base::Result<std::unique_ptr<TraceWriter>> TraceWriter::Open(const std::filesystem::path& target,
                                                             base::AtomicWrite options) {
  auto file = base::AtomicFile::Create(target, std::move(options));
  if (!file) return std::unexpected(file.error());
  return std::unique_ptr<TraceWriter>(new TraceWriter(*std::move(file)));
}

// Groups and tracks share one sequence of numbers: viewers take a thread with the number of its
// process for its main thread, and show it first.
int32_t TraceWriter::GroupLocked(const std::string& name) {
  const auto [at, is_new] = groups_.try_emplace(name, last_id_ + 1);
  if (is_new) {
    ++last_id_;
    AddLocked(Heading("process", fmt::format("\"pid\":{}", last_id_), last_id_, name));
  }
  return at->second;
}

contracts::TraceTrackId TraceWriter::Track(const contracts::TraceTrack& track) {
  const base::MutexLock lock(mutex_);
  if (const auto known = tracks_.find(track); known != tracks_.end()) return known->second;
  const int32_t group = GroupLocked(track.group);
  const contracts::TraceTrackId id{.group = group, .track = ++last_id_};
  AddLocked(Heading("thread", NumbersOf(id), id.track, track.name));
  tracks_.emplace(track, id);
  return id;
}

void TraceWriter::Slice(const contracts::TraceSlice& slice) {
  Add(fmt::format("{{\"ph\":\"X\",\"ts\":{},\"dur\":{},{},{}", Micros(slice.begin),
                  Micros(slice.duration), NumbersOf(slice.track),
                  NameAndArguments(slice.name, slice.arguments)));
}

void TraceWriter::Instant(const contracts::TraceInstant& instant) {
  Add(fmt::format("{{\"ph\":\"i\",\"ts\":{},\"s\":\"t\",{},{}", Micros(instant.at),
                  NumbersOf(instant.track), NameAndArguments(instant.name, instant.arguments)));
}

void TraceWriter::Counter(const contracts::TraceCounter& counter) {
  if (!std::isfinite(counter.value)) return;
  const std::string rest = NameAndArguments(counter.name, {{counter.unit, counter.value}});
  const base::MutexLock lock(mutex_);
  const int32_t group = GroupLocked(counter.group);
  AddLocked(fmt::format("{{\"ph\":\"C\",\"ts\":{},\"pid\":{},{}", Micros(counter.at), group, rest));
}

// "bp":"e" binds the end to the slice around it; without, it would go to the next one that begins.
void TraceWriter::Flow(const contracts::TraceFlow& flow) {
  const std::string rest = fmt::format("\"id\":{},\"cat\":\"flow\",{}", last_flow_.fetch_add(1) + 1,
                                       NameAndArguments(flow.name, {}));
  Add(fmt::format("{{\"ph\":\"s\",\"ts\":{},{},{},\n{{\"ph\":\"f\",\"bp\":\"e\",\"ts\":{},{},{}",
                  Micros(flow.from.at), NumbersOf(flow.from.track), rest, Micros(flow.to.at),
                  NumbersOf(flow.to.track), rest));
}

base::Status TraceWriter::Close() {
  const base::MutexLock lock(mutex_);
  buffer_ += kTail;
  FlushLocked();
  if (!file_) return failure_;
  failure_ = file_->Commit();
  file_.reset();
  return failure_;
}

void TraceWriter::Add(std::string_view events) {
  const base::MutexLock lock(mutex_);
  AddLocked(events);
}

void TraceWriter::AddLocked(std::string_view events) {
  if (!file_) return;
  buffer_ += std::exchange(separator_, ",\n");
  buffer_ += events;
  if (buffer_.size() >= kBufferBytes) FlushLocked();
}

void TraceWriter::FlushLocked() {
  if (!file_) return;
  if (const int error = file_->Write(buffer_); error != 0) {
    failure_ = file_->Fail(error);
    file_.reset();
  }
  buffer_.clear();
}

}  // namespace reelbatch::store
