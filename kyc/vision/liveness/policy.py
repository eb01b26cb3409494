"""The numbers liveness is judged by, in one place, each with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

# Parts of the names under which software shows itself as a camera; those of up to four letters are
# looked for as words. The browser's own test devices are on it ("fake_device_0", or the path of the
# file that Chromium plays as a camera, which has one of three suffixes): only a policy made for
# tests may leave them out.
VIRTUAL_CAMERA_NAMES = (
    "virtual",
    "obs",
    "manycam",
    "snap camera",
    "xsplit",
    "splitcam",
    "droidcam",
    "ivcam",
    "epoccam",
    "camo",
    "mmhmm",
    "nvidia broadcast",
    "chromacam",
    "perfect corp",
    "youcam",
    "webcamoid",
    "akvcam",
    "v4l2loopback",
    "dummy video device",
    "loopback",
    "fake_device",
    ".mjpeg",
    ".mjpg",
    ".y4m",
    "fake device",
    "deepfacelive",
    "avatarify",
    "ndi",
    "unity video capture",
    "vcam",
    "altercam",
    "sparkocam",
    "camtwist",
    "vmix",
    "iriun",
    "prism live",
)


@dataclass(frozen=True, slots=True)
class LivenessPolicy:
    """Thresholds of the liveness check.

    Attributes
    ----------
    turn_deg : float
        A turn counts from here. A flat photograph turned 45 degrees before the camera reads up to
        8, one bent round a cylinder up to 17 (three photographs, FaceMesh 0.10.21), one bent as
        round as a face and close before a wide lens up to 20 (eight renders of six people); shy
        people turn by 24.
    neutral_deg : float
        Looking at the camera: a turn has to start here, so that a picture in half profile is none.
    contradiction_deg : float
        A turn nobody asked for counts against the person from here.
    look_up_deg : float
        How far the head has to be tilted back. A flat print tilted by 45 degrees reads up to 7, one
        bent round a cylinder up to 15 (two rendered prints, FaceMesh 0.10.21).
    blink_ratio : float
        Eyes are shut below this share of the same person's open eyes. Open eyes read .21-.35
        (noise down to .8 of the median), shut ones .03-.14; narrow ones behind glasses or in poor
        light go down to .74 only (six rendered people).
    mouth_rise, mouth_open : float
        An open mouth reads this much more than at rest, and at least this much.
    smile_rise : float
        Share by which the mouth becomes wider than at rest, and its corners higher. Rendered broad
        smiles read .11-.35.
    early_ms, late_ms : float
        An action may be recognised this long before it was asked for (the first frame of a
        recording comes after its start) and this long after its time (people are slow).
    min_duration_ms, min_fps, max_time_gap_ms
        Below (above) it nothing can be said about a movement.
    max_missing_frames : int
        Sampled frames in a row without exactly one face that are forgiven.
    min_brightness, max_brightness : float
        Median of the face, 0-255. Dark skin in a dim room reads 40 and is told apart as well.
    min_residual : float
        RMS error, in face sizes, of the best homography from a frontal frame to one 15-40 degrees
        of yaw from it. Rendered and filmed heads read .037-.05, those of people who turn by 24 only
        .026-.03; the photograph that read 20 degrees .021.
    max_foreshortening : float
        Share by which a face may seem narrower (or flatter) without being turned. Rendered heads
        reach .07, a filmed one .09, turned prints .155 and more.
    frozen_ms : float
        Longest time without any change at all.
    frozen_difference : float
        RMS grey levels (0-255) between small pictures of two frames that are "the same". A frame
        that VP8 repeats reads up to .28; people who hold still .6 (rendered) and .66 (filmed).
    loop_ratio : float
        Difference between two stretches over the movement within one, below it they are copies.
        Copies that were compressed anew read .06-.23, people at least 1 (five renders of each, and
        five filmed clips).
    min_blend_residual : float
        How far a frame must be from a blend of two others, in shares of their difference.
        Cross-faded stills read .014-.03, in a dim room .046; rendered and filmed heads .12 and
        more.
    min_shaken_blend_residual : float
        The same where the camera shakes, of pictures that were steadied. Cross-faded stills read
        .08-.19, people .28 and more (27 renders each of twelve people).
    min_interpolation_residual : float
        The same for frames and their own neighbours, third smallest. Frames put in between read
        .014-.1 (ten renders of six people), rendered heads .11 and more.
    min_stillness : float
        Change over a second over the change from frame to frame. One picture with new noise reads
        1.3-1.6, 2 at most (ten renders); two filmed people who hold still 2.09, rendered ones
        more.
    max_jump_widths : float
        Face widths the middle of a face may move in 1/12 s.
    max_jump_deg : float
        Degrees of yaw in 1/12 s. Fast voluntary turns reach 300 degrees a second.
    max_jump_scale : float
        Factor by which a face may grow or shrink in 1/12 s.
    max_cut_share : float
        RMS change between successive small pictures, in shares of their contrast, from where a
        change that stands alone is another scene. Stills shown one after the other read .58-.9 by
        day and in a dim room (of a small face .37, which `max_face_cut` finds), another face
        1.2-1.5, people .25 and, in a dim room with a camera that stalls, up to .48.
    max_face_cut : float
        Change of a face's shape from frame to frame, in widths of the face, from where one that
        stands alone is another picture. Stills shown one after the other read .097 and more,
        people up to .012, and up to .07 (who turn within .3 s, filmed 8 times a second) if changes
        that do not stand alone are counted (135 renders of twelve people in 15 conditions).
    max_identity_distance : float
        Between two frames that look into the camera. The frames of one rendered person lie up to
        .37 apart, of a filmed one .33, of two rendered people .67 and more; two people on
        photographs .73 and more (509 pairs).
    min_light_reflection : float
        Correlation of a face's colour with the screen's. Renders before a steady camera: lit by a
        screen that brightens the face by 2 % .92 and more (20), unlit up to .63 (75). While white
        balance or exposure drift: of 840 lit by 3 % 732 reach the limit, of 840 unlit two, .74 at
        most. Not measured on people.
    virtual_camera_names : tuple of str
        Lower-case parts of camera labels that veto, short ones as whole words.
    """

    turn_deg: float = 20.0
    neutral_deg: float = 12.0
    contradiction_deg: float = 20.0
    look_up_deg: float = 18.0
    blink_ratio: float = 0.76
    mouth_rise: float = 0.15
    mouth_open: float = 0.28
    smile_rise: float = 0.1
    early_ms: float = 500.0
    late_ms: float = 1_200.0
    min_duration_ms: float = 2_000.0
    min_fps: float = 6.0
    max_time_gap_ms: float = 600.0
    max_missing_frames: int = 2
    min_brightness: float = 30.0
    max_brightness: float = 240.0
    min_residual: float = 0.024
    max_foreshortening: float = 0.12
    frozen_ms: float = 1_000.0
    frozen_difference: float = 0.3
    loop_ratio: float = 0.3
    min_blend_residual: float = 0.08
    min_shaken_blend_residual: float = 0.22
    min_interpolation_residual: float = 0.075
    min_stillness: float = 1.6
    max_jump_widths: float = 0.8
    max_jump_deg: float = 30.0
    max_jump_scale: float = 1.35
    max_cut_share: float = 0.55
    max_face_cut: float = 0.08
    max_identity_distance: float = 0.55
    min_light_reflection: float = 0.7
    virtual_camera_names: tuple[str, ...] = VIRTUAL_CAMERA_NAMES
